//! The order of SYNC jobs, and their circles: each would wait for the next one for ever.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::StatementSpan;
use crate::catalog::Db;
use crate::definition::AwaitedJob;
use crate::error::{Error, ObjectError};
use crate::name::JobName;

/// The SYNC jobs, and those of them that each waits for.
type Waits = BTreeMap<JobName, BTreeSet<JobName>>;

/// Fails if SYNC jobs wait for each other in a circle. Must be called after a change of jobs, of a
/// table's name or of a connection's database; `place` is the cause in the statement.
pub(super) fn check_circles(db: &Db, place: impl Into<StatementSpan>) -> Result<(), Error> {
    let mut waits = Waits::new();
    if !db.has_sync_jobs()? {
        return Ok(());
    }
    for (job, awaited) in db.sync_waits()? {
        waits.entry(job).or_default().insert(awaited);
    }
    match find_circle(waits) {
        Some(jobs) => Err(Error::at(ObjectError::SyncCircle { jobs }, place)),
        None => Ok(()),
    }
}

/// The jobs of a circle, each once and in the order in which they wait.
fn find_circle(mut waits: Waits) -> Option<Vec<JobName>> {
    loop {
        let waiting: BTreeSet<JobName> = waits.keys().cloned().collect();
        waits.retain(|_, awaited| {
            awaited.retain(|job| waiting.contains(job));
            !awaited.is_empty()
        });
        if waits.len() == waiting.len() {
            break;
        }
    }
    // Each job that is left waits for another one that is left.
    let mut way = Vec::new();
    let mut job = waits.keys().next()?;
    loop {
        if let Some(start) = way.iter().position(|passed| passed == job) {
            return Some(way.split_off(start));
        }
        way.push(job.clone());
        job = waits.get(job)?.first()?;
    }
}

/// Each SYNC job, or the one with this id, with the job that it waits for longest: of those that
/// write its sources, the one that is loaded least far. A job that has ended is not waited for.
pub(super) fn awaited(
    db: &Db,
    job_id: Option<i64>,
) -> Result<BTreeMap<JobName, AwaitedJob>, Error> {
    let mut least: BTreeMap<JobName, AwaitedJob> = BTreeMap::new();
    for (job, awaited) in db.awaited_jobs(job_id)? {
        match least.entry(job) {
            Entry::Vacant(entry) => {
                entry.insert(awaited);
            }
            Entry::Occupied(mut entry) if awaited.until < entry.get().until => {
                entry.insert(awaited);
            }
            Entry::Occupied(_) => {}
        }
    }
    Ok(least)
}

/// The jobs in an order in which none comes before one that it waits for.
pub(super) fn in_order(db: &Db, jobs: &[JobName]) -> Result<Vec<JobName>, Error> {
    let mut waits = Waits::new();
    for (job, awaited) in db.awaited_jobs(None)? {
        waits.entry(job).or_default().insert(awaited.job);
    }
    Ok(sort(&waits, jobs))
}

fn sort(waits: &Waits, jobs: &[JobName]) -> Vec<JobName> {
    let mut ordered = Vec::with_capacity(jobs.len());
    let mut seen = BTreeSet::new();
    for job in jobs {
        visit(job, waits, &mut seen, &mut ordered);
    }
    let wanted: BTreeSet<&JobName> = jobs.iter().collect();
    ordered.retain(|job| wanted.contains(job));
    ordered
}

/// Adds the job behind those that it waits for.
fn visit<'a>(
    job: &'a JobName,
    waits: &'a Waits,
    seen: &mut BTreeSet<&'a JobName>,
    ordered: &mut Vec<JobName>,
) {
    if seen.insert(job) {
        for awaited in waits.get(job).into_iter().flatten() {
            visit(awaited, waits, seen, ordered);
        }
        ordered.push(job.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circle in jobs that wait as `a b` says: a for b.
    fn circle(waits: &[&str]) -> Option<String> {
        let name = |text| JobName::new(text).unwrap();
        let mut all = Waits::new();
        for pair in waits {
            let (job, awaited) = pair.split_once(' ').unwrap();
            all.entry(name(job)).or_default().insert(name(awaited));
        }
        let names = |jobs: Vec<JobName>| -> Vec<String> {
            jobs.iter().map(|job| job.as_str().to_owned()).collect()
        };
        find_circle(all).map(|jobs| names(jobs).join(" "))
    }

    #[test]
    fn a_job_comes_behind_those_that_it_waits_for() {
        let name = |text: &str| JobName::new(text).unwrap();
        let mut waits = Waits::new();
        for (job, awaited) in [("a", "b"), ("a", "c"), ("b", "d"), ("d", "c")] {
            waits.entry(name(job)).or_default().insert(name(awaited));
        }
        let jobs = ["a", "b", "c", "e"].map(name);
        let ordered = sort(&waits, &jobs);
        let ordered: Vec<&str> = ordered.iter().map(JobName::as_str).collect();
        assert_eq!(ordered, ["c", "b", "a", "e"]);
    }

    #[test]
    fn only_a_circle_is_found() {
        for (waits, expected) in [
            (&[][..], None),
            (&["a b", "a c", "b c", "c d"], None),
            (&["a b", "b a"], Some("a b")),
            (&["a b", "b c", "c b", "c d"], Some("b c")),
            (&["a b", "b c", "c d", "d b", "x a"], Some("b c d")),
        ] {
            assert_eq!(circle(waits).as_deref(), expected, "{waits:?}");
        }
    }
}
