//! Sorts errors of the Secret Service: out of reach, locked or refused.
//!
//! By their types and their D-Bus names, never by their texts.

use secret_service::Error as ServiceError;
use zbus::DBusError;

use crate::secret::SecretError::{
    self, KeyringLocked as Locked, KeyringRefused as Refused, KeyringUnreachable as Unreachable,
};

/// Sorts an error of the store.
pub(super) fn explain_store(error: &keyring_core::Error) -> SecretError {
    match error {
        keyring_core::Error::PlatformFailure(platform)
        | keyring_core::Error::NoStorageAccess(platform) => {
            match platform.downcast_ref::<ServiceError>() {
                Some(error) => explain(error),
                None => Refused(platform.to_string()),
            }
        }
        other => Refused(other.to_string()),
    }
}

/// Sorts an error of the service.
pub(super) fn explain(error: &ServiceError) -> SecretError {
    let meaning = match error {
        ServiceError::Locked | ServiceError::Prompt => Locked,
        ServiceError::Unavailable | ServiceError::PromptDisconnected => Unreachable,
        ServiceError::Zbus(error) => from_bus(error),
        ServiceError::ZbusFdo(error) => from_call(error),
        // The type may grow; an unknown error is at least no matter of reach or lock.
        _ => Refused,
    };
    meaning(error.to_string())
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

/// Makes the error from the words of the platform.
type Meaning = fn(String) -> SecretError;

fn from_bus(error: &zbus::Error) -> Meaning {
    match error {
        zbus::Error::Address(_)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Connection(..)
        | zbus::Error::Handshake(_)
        | zbus::Error::InterfaceNotFound => Unreachable,
        zbus::Error::MethodError(name, ..) => from_name(name.as_str()),
        zbus::Error::FDO(error) => from_call(error),
        _ => Refused,
    }
}

fn from_call(error: &zbus::fdo::Error) -> Meaning {
    match error {
        zbus::fdo::Error::ZBus(error) => from_bus(error),
        other => from_name(other.name().as_str()),
    }
}

/// The names are in the D-Bus specification ("Message Bus Messages") and in that of the Secret
/// Service.
fn from_name(name: &str) -> Meaning {
    if name == "org.freedesktop.Secret.Error.IsLocked" {
        return Locked;
    }
    let Some(name) = name.strip_prefix("org.freedesktop.DBus.Error.") else {
        return Refused;
    };
    match name {
        "ServiceUnknown" | "NameHasNoOwner" | "NoReply" | "NoServer" | "NoNetwork"
        | "Disconnected" | "IOError" | "Timeout" | "TimedOut" => Unreachable,
        name if name.starts_with("Spawn.") => Unreachable,
        _ => Refused,
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
            ("org.freedesktop.DBus.Error.ServiceUnknown", Unreachable as Meaning),
            ("org.freedesktop.DBus.Error.Spawn.ChildExited", Unreachable),
            ("org.freedesktop.Secret.Error.IsLocked", Locked),
            ("org.freedesktop.Secret.Error.NoSession", Refused),
            ("org.freedesktop.DBus.Error.UnknownMethod", Refused),
            ("org.freedesktop.DBus.Error.AccessDenied", Refused),
            ("com.example.Error", Refused),
        ] {
            let cause = String::new;
            assert_eq!(from_name(name)(cause()), meaning(cause()), "{name}");
        }
    }

    #[test]
    fn an_error_inside_another_counts() {
        let broken = zbus::Error::InputOutput(Arc::new(io::Error::from(io::ErrorKind::BrokenPipe)));
        let inside = zbus::Error::FDO(Box::new(zbus::fdo::Error::ZBus(broken)));
        assert_eq!(from_bus(&inside)(String::new()), Unreachable(String::new()));
    }

    #[test]
    fn a_prompt_that_was_dismissed_leaves_the_keyring_locked() {
        let error = keyring_core::Error::NoStorageAccess(Box::new(ServiceError::Prompt));
        assert!(matches!(explain_store(&error), SecretError::KeyringLocked(_)));
        let error = keyring_core::Error::PlatformFailure(Box::new(ServiceError::Unavailable));
        assert!(matches!(explain_store(&error), SecretError::KeyringUnreachable(_)));
    }
}
