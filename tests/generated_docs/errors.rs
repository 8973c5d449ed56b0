//! Errors: every SQLSTATE with what causes it and what to do, and the exit statuses.

use super::advice::ADVICE;
use super::page::{Page, code};
use redwire::diagnostic::ExitStatus;

const STATUSES: [ExitStatus; 9] = [
    ExitStatus::Done,
    ExitStatus::Failed,
    ExitStatus::Unusable,
    ExitStatus::NoConnection,
    ExitStatus::Different,
    ExitStatus::NotStarted,
    ExitStatus::ProgramUnusable,
    ExitStatus::ProgramNotFound,
    ExitStatus::Interrupted,
];

/// docs/errors.md.
pub fn errors_page() -> String {
    let mut page = Page::titled("Errors");
    page.paragraph(
        "A statement that fails changes nothing. Scripts should look at the SQLSTATE and the [exit \
         status](reference.md#exit-status); the words may change. \
         [Formats](formats.md#errors-notices-and-command-tags) has the form of an error.",
    );
    page.paragraph(
        "The codes are PostgreSQL's, if it has one. A warehouse's errors keep their code, and \
         there `\\expect` takes any.",
    );
    for (state, advice) in ADVICE {
        page.heading(2, &format!("{}: {}", state.code(), state.meaning()));
        page.list(advice.causes);
        page.paragraph(&format!("Fix: {}.", advice.remedy));
    }
    page.into_text()
}

/// The exit statuses, and what each means.
pub(super) fn exit_statuses() -> [(u8, &'static str); 9] {
    STATUSES.map(|status| (status as u8, meaning(status)))
}

/// The exit statuses as a table.
pub(super) fn write_statuses(page: &mut Page) {
    let rows =
        exit_statuses().map(|(status, meaning)| [code(&status.to_string()), meaning.to_owned()]);
    page.table(["status", "meaning"], rows);
    page.paragraph(
        "`redwire exec` ends as its program does, by the same signal too; only 125 to 127, and 130 \
         while it waits, are its own. If several statements fail, with `--on-error continue`, 1 \
         wins over 2. A prompt ends with 0.",
    );
}

fn meaning(status: ExitStatus) -> &'static str {
    match status {
        ExitStatus::Done => "all done, or failed as `\\expect` announced",
        ExitStatus::Failed => "a statement failed, or the output was closed before its end",
        ExitStatus::Unusable => "the command line, a file or the catalog is unusable",
        ExitStatus::NoConnection => {
            "a connection could not be made or was lost, no slot came free, or a job runs elsewhere: \
             try again"
        }
        ExitStatus::Different => "`plan --exit-code` found a difference",
        ExitStatus::NotStarted => {
            "`exec` could not start its program: command line, catalog, password, certificates, or \
             no free slot"
        }
        ExitStatus::ProgramUnusable => "the program of `exec` cannot be run",
        ExitStatus::ProgramNotFound => "the program of `exec` was not found",
        ExitStatus::Interrupted => "interrupted by Ctrl-C",
    }
}
