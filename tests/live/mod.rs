//! The same scenarios, through redwire itself, on PostgreSQL, on the stand-in for Redshift, and on
//! a real Redshift.
//!
//! So it is known that a scenario works before it is run where nobody could try it. Redshift's are
//! ignored by default, with their reason, so that they are listed as not run and never counted as
//! passed. REDWIRE_LIVE_URL, REDWIRE_LIVE_USER and REDWIRE_LIVE_PASSWORD say where it is; tests/run
//! then runs them too. Whatever a scenario makes is in a schema of its own, with a name that nobody
//! else has, which it drops at its end.

#[macro_use]
mod target;
mod everyday;
mod import;
mod redshift;
