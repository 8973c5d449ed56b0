//! The notices before the program runs.

use super::Order;
use super::environment::Variables;
use crate::executor::{Destination, Notice};
use crate::url::Endpoint;

fn slots(count: u32) -> String {
    match count {
        1 => "a slot".to_owned(),
        count => format!("{count} slots"),
    }
}

/// The notice of a dry run about the real one. Arguments of the program may be secrets: only their
/// number is shown.
pub(super) fn would_run(order: &Order, destination: &Destination, variables: &Variables) -> Notice {
    let arguments = match order.arguments.len() {
        0 => String::new(),
        1 => " with 1 argument".to_owned(),
        count => format!(" with {count} arguments"),
    };
    let listed: Vec<String> =
        variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Notice::new(format!(
        "would run {}{arguments}, holding {} of {}, with the stored password and {}",
        order.program.to_string_lossy(),
        slots(order.slots),
        destination.name,
        listed.join(" ")
    ))
}

/// Settings of the URL that no variable can express; None if there are none.
pub(super) fn ignored_settings_notice(endpoint: &Endpoint) -> Option<Notice> {
    let options = &endpoint.options;
    let names: Vec<&str> = [
        ("currentSchema", options.current_schema.is_some()),
        ("queryGroup", options.query_group.is_some()),
        ("readOnly", options.read_only),
    ]
    .into_iter()
    .filter_map(|(name, is_set)| is_set.then_some(name))
    .collect();
    (!names.is_empty()).then(|| {
        Notice::new(format!(
            "{} of the URL has no effect on what the program opens",
            names.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn settings_that_no_variable_carries_are_named() {
        let of = |url: &str| {
            ignored_settings_notice(&Endpoint::parse(url).unwrap()).map(|notice| notice.text)
        };
        assert_eq!(of("jdbc:redshift://h/dev?readOnly=false"), None);
        assert_eq!(
            of("jdbc:redshift://h/dev?readOnly=true&currentSchema=a").unwrap(),
            "currentSchema, readOnly of the URL has no effect on what the program opens"
        );
    }
}
