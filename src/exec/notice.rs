//! What is said before the program runs.

use super::Order;
use super::environment::Variables;
use crate::error::{Error, Failure};
use crate::executor::{Destination, Notice};
use crate::url::Endpoint;
use crate::warehouse::slots::{Holder, SlotError};

/// How many processes are listed before only their number is said.
const MAX_LISTED: usize = 3;

/// Says who holds the slots that are waited for.
pub(super) fn waiting(name: &str, count: u32, holders: &[Holder]) -> Notice {
    let mut processes: Vec<String> = holders.iter().map(holder_text).collect();
    processes.dedup();
    let more = processes.len().saturating_sub(MAX_LISTED);
    processes.truncate(MAX_LISTED);
    let listed = match (processes.as_slice(), more) {
        ([], _) => "others have waited for longer".to_owned(),
        (_, 0) => format!("in use by {}", processes.join(", ")),
        _ => format!("in use by {} and {more} more", processes.join(", ")),
    };
    Notice::new(format!("waiting for {} of {name}: {listed}", slots(count)))
}

/// `process 42 (exec psql, since 2026-01-31 10:00:00 UTC)`
fn holder_text(holder: &Holder) -> String {
    let who = &holder.who;
    let process = who
        .process
        .map_or_else(|| "a process".to_owned(), |id| format!("process {id}"));
    let since = who.since.as_ref().map(|since| format!("since {since} UTC"));
    let details: Vec<String> = who.purpose.iter().cloned().chain(since).collect();
    if details.is_empty() {
        process
    } else {
        format!("{process} ({})", details.join(", "))
    }
}

fn slots(count: u32) -> String {
    match count {
        1 => "a slot".to_owned(),
        count => format!("{count} slots"),
    }
}

/// Says of a trial run what the real one would do. Arguments of the program may hold secrets: only their number is said.
pub(super) fn would_run(order: &Order, destination: &Destination, variables: &Variables) -> Notice {
    let arguments = match order.arguments.len() {
        0 => String::new(),
        1 => " with 1 argument".to_owned(),
        count => format!(" with {count} arguments"),
    };
    let listed: Vec<String> = variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    Notice::new(format!(
        "would run {}{arguments}, holding {} of {}, with the stored password and {}",
        order.program.to_string_lossy(),
        slots(order.slots),
        destination.name,
        listed.join(" ")
    ))
}

/// Settings of the URL that no variable carries; None where there are none.
pub(super) fn settings_left_out(endpoint: &Endpoint) -> Option<Notice> {
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

/// Fails as taking the slots would fail, however long it waited.
pub(super) fn check_limit(destination: &Destination, wanted: u32) -> Result<(), Error> {
    match destination.limit {
        Some(limit) if wanted > limit => Err(Error::new(Failure::Slot(SlotError::MoreThanLimit { wanted, limit }))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::warehouse::slots::Who;

    fn holder(slot: u32, process: Option<u32>) -> Holder {
        let who = Who {
            process,
            since: process.map(|_| "2026-01-31 10:00:00".to_owned()),
            purpose: process.map(|_| "exec psql".to_owned()),
            ..Who::default()
        };
        Holder {
            connection_id: 1,
            slot,
            who,
        }
    }

    #[test]
    fn waiting_says_for_whom() {
        let text = |holders: &[Holder], count| waiting("sales", count, holders).text;
        assert_eq!(
            text(&[holder(1, Some(42)), holder(2, Some(42))], 1),
            "waiting for a slot of sales: in use by process 42 (exec psql, since 2026-01-31 10:00:00 UTC)"
        );
        assert_eq!(
            text(&[holder(1, None)], 2),
            "waiting for 2 slots of sales: in use by a process"
        );
        assert_eq!(
            text(&[], 1),
            "waiting for a slot of sales: others have waited for longer"
        );
        let many: Vec<Holder> = (1..=5).map(|slot| holder(slot, Some(slot))).collect();
        assert!(text(&many, 1).ends_with("UTC) and 2 more"));
    }

    #[test]
    fn settings_that_no_variable_carries_are_named() {
        let of = |url: &str| settings_left_out(&Endpoint::parse(url).unwrap()).map(|notice| notice.text);
        assert_eq!(of("jdbc:redshift://h/dev?readOnly=false"), None);
        assert_eq!(
            of("jdbc:redshift://h/dev?readOnly=true&currentSchema=a").unwrap(),
            "currentSchema, readOnly of the URL has no effect on what the program opens"
        );
    }
}
