//! Query plans: the text of EXPLAIN without a frame, and what costs in it.

use crate::warehouse::ResultColumn;

/// The signs and their advice, with the pages that they are from.
const ADVICE: &str = include_str!("plan.tsv");

/// The name of a plan's only column.
const HEADING: &str = "QUERY PLAN";

/// A plan that is arriving: the advice found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct QueryPlan(Vec<&'static str>);

impl QueryPlan {
    /// True for the columns of a plan.
    pub fn has(columns: &[ResultColumn]) -> bool {
        matches!(columns, [only] if only.name == HEADING)
    }

    /// Looks for signs in a line.
    pub fn read(&mut self, line: &str) {
        let rows = ADVICE.lines().filter(|row| !row.starts_with('#'));
        for row in rows {
            let is_new = !self.0.contains(&row);
            if is_new && row.split_once('\t').is_some_and(|(sign, _)| line.contains(sign)) {
                self.0.push(row);
                // A sign may be a part of another one.
                return;
            }
        }
    }

    /// Each sign with its advice, once.
    pub fn advice(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|row| row.replace('\t', ": "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_told_once() {
        let mut plan = QueryPlan::default();
        for line in [
            "XN Hash Join DS_BCAST_INNER  (cost=0.01..1.00 rows=1 width=4)",
            "  ->  XN Hash Join DS_BCAST_INNER  (cost=0.01..1.00 rows=1 width=4)",
            "  ->  XN Seq Scan on t  (cost=0.00..1.00 rows=1 width=4)",
            " ----- Tables missing statistics: t -----",
        ] {
            plan.read(line);
        }
        let advice: Vec<String> = plan.advice().collect();
        assert_eq!(advice.len(), 2, "{advice:?}");
        assert!(advice[0].starts_with("DS_BCAST_INNER: each node"));
        assert!(advice[1].starts_with("Tables missing statistics: the planner"));
    }

    #[test]
    fn every_row_of_the_file_has_a_sign_and_advice() {
        for row in ADVICE.lines().filter(|row| !row.starts_with('#')) {
            assert_eq!(row.split('\t').filter(|part| !part.is_empty()).count(), 2, "{row}");
        }
    }
}
