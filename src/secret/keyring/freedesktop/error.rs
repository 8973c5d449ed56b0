//! Sorts errors of the Secret Service: out of reach, locked or refused.
//!
//! By their types and their D-Bus names, never by their texts.

use secret_service::Error as ServiceError;
use zbus::DBusError;

use crate::secret::SecretError;

/// Sorts an error of the store.
pub(super) fn explain_store(error: &keyring_core::Error) -> SecretError {
    match error {
        keyring_core::Error::PlatformFailure(platform)
        | keyring_core::Error::NoStorageAccess(platform) => {
            match platform.downcast_ref::<ServiceError>() {
                Some(error) => explain(error),
                None => Meaning::Refused.because(platform),
            }
        }
        other => Meaning::Refused.because(other),
    }
}

/// Sorts an error of the service.
pub(super) fn explain(error: &ServiceError) -> SecretError {
    let meaning = match error {
        ServiceError::Locked | ServiceError::Prompt => Meaning::Locked,
        ServiceError::Unavailable | ServiceError::PromptDisconnected => Meaning::Unreachable,
        ServiceError::Zbus(error) => Meaning::from_bus(error),
        ServiceError::ZbusFdo(error) => Meaning::from_call(error),
        // The type may grow; an unknown error is at least no matter of reach or lock.
        _ => Meaning::Refused,
    };
    meaning.because(error)
}

/// True if the object that was called does not exist any more: the error of the Secret Service API,
/// or that of a bus library for a path that it does not know.
pub(super) fn is_gone(error: &ServiceError) -> bool {
    let name = match error {
        ServiceError::Zbus(zbus::Error::MethodError(name, ..)) => name.as_str().to_owned(),
        ServiceError::Zbus(zbus::Error::FDO(error)) => error.name().to_string(),
        ServiceError::ZbusFdo(error) => error.name().to_string(),
        _ => return false,
    };
    [
        "org.freedesktop.Secret.Error.NoSuchObject",
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownMethod",
    ]
    .contains(&name.as_str())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Unreachable,
    Locked,
    Refused,
}

impl Meaning {
    fn because(self, error: &impl ToString) -> SecretError {
        let cause = error.to_string();
        match self {
            Self::Unreachable => SecretError::KeyringUnreachable(cause),
            Self::Locked => SecretError::KeyringLocked(cause),
            Self::Refused => SecretError::KeyringRefused(cause),
        }
    }

    fn from_bus(error: &zbus::Error) -> Self {
        match error {
            zbus::Error::Address(_)
            | zbus::Error::InputOutput(_)
            | zbus::Error::Connection(..)
            | zbus::Error::Handshake(_)
            | zbus::Error::InterfaceNotFound => Self::Unreachable,
            zbus::Error::MethodError(name, ..) => Self::from_name(name.as_str()),
            zbus::Error::FDO(error) => Self::from_call(error),
            _ => Self::Refused,
        }
    }

    fn from_call(error: &zbus::fdo::Error) -> Self {
        match error {
            zbus::fdo::Error::ZBus(error) => Self::from_bus(error),
            other => Self::from_name(other.name().as_str()),
        }
    }

    /// The names are in the D-Bus specification ("Message Bus Messages") and in that of the Secret
    /// Service.
    fn from_name(name: &str) -> Self {
        if name == "org.freedesktop.Secret.Error.IsLocked" {
            return Self::Locked;
        }
        let Some(name) = name.strip_prefix("org.freedesktop.DBus.Error.") else {
            return Self::Refused;
        };
        match name {
            "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "NoServer" | "NoNetwork"
            | "Disconnected" | "IOError" | "Timeout" | "TimedOut" => Self::Unreachable,
            name if name.starts_with("Spawn.") => Self::Unreachable,
            _ => Self::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::Arc;

    #[test]
    fn the_names_of_d_bus_are_told_apart() {
        for (name, meaning) in [
            ("org.freedesktop.DBus.Error.ServiceUnknown", Meaning::Unreachable),
            ("org.freedesktop.DBus.Error.Spawn.ChildExited", Meaning::Unreachable),
            ("org.freedesktop.Secret.Error.IsLocked", Meaning::Locked),
            ("org.freedesktop.Secret.Error.NoSession", Meaning::Refused),
            ("org.freedesktop.DBus.Error.UnknownMethod", Meaning::Refused),
            ("org.freedesktop.DBus.Error.AccessDenied", Meaning::Refused),
            ("com.example.Error", Meaning::Refused),
        ] {
            assert_eq!(Meaning::from_name(name), meaning, "{name}");
        }
    }

    #[test]
    fn an_error_inside_another_counts() {
        let broken = zbus::Error::InputOutput(Arc::new(io::Error::from(io::ErrorKind::BrokenPipe)));
        let inside = zbus::Error::FDO(Box::new(zbus::fdo::Error::ZBus(broken)));
        assert_eq!(Meaning::from_bus(&inside), Meaning::Unreachable);
    }

    #[test]
    fn a_prompt_that_was_dismissed_leaves_the_keyring_locked() {
        let error = keyring_core::Error::NoStorageAccess(Box::new(ServiceError::Prompt));
        assert!(matches!(explain_store(&error), SecretError::KeyringLocked(_)));
        let error = keyring_core::Error::PlatformFailure(Box::new(ServiceError::Unavailable));
        assert!(matches!(explain_store(&error), SecretError::KeyringUnreachable(_)));
    }
}
