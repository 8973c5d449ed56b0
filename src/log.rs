//! The log of `--verbose`: a line for each event of this crate, in the form of its notices.
//!
//! Events of other crates are left out: the D-Bus library would write whole messages, secrets
//! included.

use std::fmt;
use std::str::FromStr;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use crate::render::{Style, render_log};
use crate::warehouse::STEPS;

/// The events to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogLevel {
    /// None.
    Off,
    /// The files, stores and sessions that redwire opens, and its statements.
    Info,
    /// Each step to a server too.
    Debug,
}

impl FromStr for LogLevel {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "off" => Ok(Self::Off),
            "info" => Ok(Self::Info),
            "debug" => Ok(Self::Debug),
            _ => Err("the level is one of off, info, debug"),
        }
    }
}

/// Writes the events of this crate to standard error. A release has no events below INFO.
pub fn subscriber(style: Style, level: LogLevel) -> impl Subscriber + Send + Sync {
    let (events, steps) = match level {
        LogLevel::Off => (LevelFilter::OFF, LevelFilter::OFF),
        LogLevel::Info => (LevelFilter::INFO, LevelFilter::OFF),
        LogLevel::Debug => (LevelFilter::INFO, LevelFilter::INFO),
    };
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::INFO)
        .with_writer(std::io::stderr)
        // A closed standard error does not end redwire.
        .log_internal_errors(false)
        .event_format(LogLines { style })
        .finish()
        .with(
            Targets::new()
                .with_target(env!("CARGO_PKG_NAME"), events)
                .with_target(STEPS, steps),
        )
}

struct LogLines {
    style: Style,
}

impl<S, N> FormatEvent<S, N> for LogLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut message = EventText::default();
        event.record(&mut message);
        writer.write_str(&render_log(&message.0, &self.style))
    }
}

#[derive(Default)]
struct EventText(String);

impl Visit for EventText {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}
