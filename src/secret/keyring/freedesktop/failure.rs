//! What an error of the Secret Service means: out of reach, locked or refused.
//!
//! Decided by the types of the errors and the names that D-Bus gives them, never by their texts.

use secret_service::Error as ServiceError;
use zbus::DBusError;

use crate::secret::SecretError;

/// What an error of the store means.
pub(in crate::secret::keyring) fn explain(error: &keyring_core::Error) -> SecretError {
    match error {
        keyring_core::Error::PlatformFailure(platform)
        | keyring_core::Error::NoStorageAccess(platform) => {
            match platform.downcast_ref::<ServiceError>() {
                Some(error) => explain_service(error),
                None => Meaning::Refused.because(platform),
            }
        }
        other => Meaning::Refused.because(other),
    }
}

/// What an error of the service means.
pub(super) fn explain_service(error: &ServiceError) -> SecretError {
    let meaning = match error {
        ServiceError::Locked | ServiceError::Prompt => Meaning::Locked,
        ServiceError::Unavailable | ServiceError::PromptDisconnected => Meaning::Unreachable,
        ServiceError::Zbus(error) => Meaning::of_bus(error),
        ServiceError::ZbusFdo(error) => Meaning::of_call(error),
        // The type may grow; what is not known here was at least not a matter of reach or lock.
        _ => Meaning::Refused,
    };
    meaning.because(error)
}

/// What an error of a call means that is made without the service's library.
pub(super) fn explain_bus(error: &zbus::Error) -> SecretError {
    Meaning::of_bus(error).because(error)
}

/// Whether the object that was called is not there any more: that of the Secret Service API, and
/// what a bus library answers for a path that it does not know.
pub(super) fn is_of_nobody(error: &zbus::Error) -> bool {
    let zbus::Error::MethodError(name, ..) = error else {
        return false;
    };
    [
        "org.freedesktop.Secret.Error.NoSuchObject",
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownMethod",
    ]
    .contains(&name.as_str())
}

/// The service answered what nothing can be done with.
pub(super) fn refused(cause: &impl ToString) -> SecretError {
    Meaning::Refused.because(cause)
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
            Self::Unreachable => SecretError::KeyringUnreachable { cause },
            Self::Locked => SecretError::KeyringLocked { cause },
            Self::Refused => SecretError::KeyringRefused { cause },
        }
    }

    fn of_bus(error: &zbus::Error) -> Self {
        match error {
            zbus::Error::Address(_)
            | zbus::Error::InputOutput(_)
            | zbus::Error::Connection(..)
            | zbus::Error::Handshake(_)
            | zbus::Error::InterfaceNotFound => Self::Unreachable,
            zbus::Error::MethodError(name, ..) => Self::of_name(name.as_str()),
            zbus::Error::FDO(error) => Self::of_call(error),
            _ => Self::Refused,
        }
    }

    fn of_call(error: &zbus::fdo::Error) -> Self {
        match error {
            zbus::fdo::Error::ZBus(error) => Self::of_bus(error),
            other => Self::of_name(other.name().as_str()),
        }
    }

    /// The names stand in the D-Bus specification ("Message Bus Messages") and in that of the
    /// Secret Service.
    fn of_name(name: &str) -> Self {
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
            assert_eq!(Meaning::of_name(name), meaning, "{name}");
        }
    }

    #[test]
    fn an_error_inside_another_counts() {
        let broken = zbus::Error::InputOutput(Arc::new(io::Error::from(io::ErrorKind::BrokenPipe)));
        let inside = zbus::Error::FDO(Box::new(zbus::fdo::Error::ZBus(broken)));
        assert_eq!(Meaning::of_bus(&inside), Meaning::Unreachable);
    }

    #[test]
    fn a_prompt_that_was_dismissed_leaves_the_keyring_locked() {
        let error = keyring_core::Error::NoStorageAccess(Box::new(ServiceError::Prompt));
        assert!(matches!(explain(&error), SecretError::KeyringLocked { .. }));
        let error = keyring_core::Error::PlatformFailure(Box::new(ServiceError::Unavailable));
        assert!(matches!(explain(&error), SecretError::KeyringUnreachable { .. }));
    }
}
