//! The options of a job, as Upsolver documents them (Upsolver documentation, "CREATE JOB", job
//! options of Redshift).
//!
//! ALTER changes the same ones as there, and RUN_INTERVAL, which Upsolver does not change. Its
//! adapter for dbt (`dbt-upsolver`, `transformation_options.py`) has the same list with types and
//! "editable".

use super::{COMMENT, OPTIONAL, OptionSpec, OptionType};

/// An option of Upsolver that has no effect in redwire.
const OF_UPSOLVER: OptionSpec = OptionSpec {
    unused: true,
    default: Some("none"),
    ..OPTIONAL
};

/// The time between two runs.
pub static RUN_INTERVAL: OptionSpec = OptionSpec {
    name: "RUN_INTERVAL",
    kind: OptionType::Interval,
    mutable: true,
    default: Some("none"),
    example: "5 MINUTES",
    help: "how often the job runs",
    ..OPTIONAL
};

/// The wait for rows that arrive late.
pub static RUN_DELAY: OptionSpec = OptionSpec {
    name: "RUN_DELAY",
    kind: OptionType::Interval,
    mutable: true,
    default: Some("none"),
    example: "10 MINUTES",
    help: "how long after its end a window runs, for rows that arrive late",
    ..OPTIONAL
};

/// The start of the data that the job reads.
pub static START_FROM: OptionSpec = OptionSpec {
    name: "START_FROM",
    kind: OptionType::Moment { words: &["BEGINNING", "NOW"] },
    default: Some("BEGINNING"),
    example: "NOW",
    help: "the moment from which the job reads",
    ..OPTIONAL
};

/// The end of the job.
pub static END_AT: OptionSpec = OptionSpec {
    name: "END_AT",
    kind: OptionType::Moment { words: &["NOW", "NEVER"] },
    mutable: true,
    default: Some("NEVER"),
    example: "TIMESTAMP '2026-12-31 00:00:00'",
    help: "the moment at which the job ends",
    ..OPTIONAL
};

/// The maximum number of intervals that run at once.
pub static RUN_PARALLELISM: OptionSpec = OptionSpec {
    name: "RUN_PARALLELISM",
    kind: OptionType::Integer { minimum: 1, maximum: 100 },
    mutable: true,
    default: Some("1"),
    example: "4",
    help: "intervals that may run at once",
    ..OPTIONAL
};

/// The key of the job in the ledgers.
pub static RUN_KEY: OptionSpec = OptionSpec {
    name: "RUN_KEY",
    kind: OptionType::NonEmptyText,
    default: Some("the job's first name"),
    example: "'load_orders_2'",
    help: "the name under which the ledger of the target's schema knows the job",
    ..OPTIONAL
};

/// Creates the target if the warehouse lacks it.
pub static CREATE_TABLE_IF_MISSING: OptionSpec = OptionSpec {
    name: "CREATE_TABLE_IF_MISSING",
    kind: OptionType::Boolean,
    default: Some("TRUE"),
    example: "FALSE",
    help: "the job makes its target if the warehouse lacks it",
    ..OPTIONAL
};

/// Adds columns that the target lacks.
pub static ADD_MISSING_COLUMNS: OptionSpec = OptionSpec {
    name: "ADD_MISSING_COLUMNS",
    kind: OptionType::Boolean,
    default: Some("FALSE"),
    example: "TRUE",
    help: "the job adds columns that its target lacks",
    ..OPTIONAL
};

/// Accepts the query without a check of its syntax.
pub static SKIP_ALL_VALIDATIONS: OptionSpec = OptionSpec {
    name: "SKIP_ALL_VALIDATIONS",
    kind: OptionType::Boolean,
    default: Some("FALSE"),
    example: "TRUE",
    help: "the syntax of the query is not checked",
    ..OPTIONAL
};

/// The cluster of Upsolver that runs the job.
static COMPUTE_CLUSTER: OptionSpec = OptionSpec {
    name: "COMPUTE_CLUSTER",
    kind: OptionType::TextOrName,
    mutable: true,
    example: "'Default Compute'",
    help: "the cluster",
    ..OF_UPSOLVER
};

/// Allows products of unrelated arrays in Upsolver.
static ALLOW_CARTESIAN_PRODUCTS: OptionSpec = OptionSpec {
    name: "ALLOW_CARTESIAN_PRODUCTS",
    kind: OptionType::Boolean,
    example: "TRUE",
    help: "unrelated arrays may be multiplied",
    ..OF_UPSOLVER
};

/// The parts of an aggregation in Upsolver.
static AGGREGATION_PARALLELISM: OptionSpec = OptionSpec {
    name: "AGGREGATION_PARALLELISM",
    kind: OptionType::Integer { minimum: 1, maximum: 1_000_000 },
    mutable: true,
    example: "2",
    help: "parts of an aggregation",
    ..OF_UPSOLVER
};

/// The effect of a write error in Upsolver.
static FAIL_ON_WRITE_ERROR: OptionSpec = OptionSpec {
    name: "FAIL_ON_WRITE_ERROR",
    kind: OptionType::Boolean,
    example: "TRUE",
    help: "a write error ends the job",
    ..OF_UPSOLVER
};

/// The effect of an unreadable file in Upsolver.
static SKIP_FAILED_FILES: OptionSpec = OptionSpec {
    name: "SKIP_FAILED_FILES",
    kind: OptionType::Boolean,
    example: "TRUE",
    help: "a file that cannot be read is left out",
    ..OF_UPSOLVER
};

/// The checks that Upsolver leaves out.
static SKIP_VALIDATIONS: OptionSpec = OptionSpec {
    name: "SKIP_VALIDATIONS",
    kind: OptionType::List,
    example: "('ALLOW_CARTESIAN_PRODUCT')",
    help: "the checks to leave out",
    ..OF_UPSOLVER
};

/// The options of a job, in the order in which SHOW CREATE prints them.
pub static JOB_OPTIONS: &[&OptionSpec] = &[
    &RUN_INTERVAL,
    &RUN_DELAY,
    &START_FROM,
    &END_AT,
    &RUN_PARALLELISM,
    &RUN_KEY,
    &CREATE_TABLE_IF_MISSING,
    &ADD_MISSING_COLUMNS,
    &SKIP_ALL_VALIDATIONS,
    &COMPUTE_CLUSTER,
    &ALLOW_CARTESIAN_PRODUCTS,
    &AGGREGATION_PARALLELISM,
    &FAIL_ON_WRITE_ERROR,
    &SKIP_FAILED_FILES,
    &SKIP_VALIDATIONS,
    &COMMENT,
];
