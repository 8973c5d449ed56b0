//! Errors: every SQLSTATE with what causes it and what to do, and the exit statuses.

use super::advice::ADVICE;
use super::page::{Page, code};
use redwire::diagnostic::ExitStatus;
use redwire::sqlstate::SqlState;

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
        "An error says what failed, shows the line with the place marked, and gives a SQLSTATE, the place, the cause and \
         a hint, as far as there are any. [formats.md](formats.md#errors-notices-and-command-tags) has its form as text \
         and as JSON. A statement that fails changes nothing. Scripts should look at the SQLSTATE and the exit status; \
         the words may change.",
    );
    page.heading(2, "Exit status");
    write_statuses(&mut page);
    page.heading(2, "SQLSTATE");
    page.paragraph("The codes are PostgreSQL's, where it has one. `\\expect` takes any of them. A warehouse has more: its errors keep their code, and on a warehouse `\\expect` takes every code.");
    let rows = SqlState::ALL.iter().map(|state| {
        [
            format!("[{0}](#{1})", state.code(), state.code().to_lowercase()),
            state.meaning().to_owned(),
        ]
    });
    page.table(["SQLSTATE", "meaning"], rows);
    for (state, advice) in ADVICE {
        page.heading(3, state.code());
        page.paragraph(&format!("{}. Causes:", capitalised(state.meaning())));
        page.list(advice.causes);
        page.paragraph(&format!("What to do: {}.", advice.remedy));
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
        "`redwire exec` ends as its program does, by the same signal too; only 125 to 127, and 130 while it waits, are its own. \
         Where several statements fail, with `--on-error continue`, 1 wins over 2. A prompt that the user ends has status 0.",
    );
}

fn meaning(status: ExitStatus) -> &'static str {
    match status {
        ExitStatus::Done => "all done; a failure that `\\expect` announced counts as done",
        ExitStatus::Failed => {
            "a statement failed, or whoever read standard output went away before its end"
        }
        ExitStatus::Unusable => {
            "the command line, a file or the catalog is unusable: run the same again only after something was mended"
        }
        ExitStatus::NoConnection => {
            "a connection could not be made or was lost, or no slot came free: worth another try"
        }
        ExitStatus::Different => "`plan --exit-code` found a difference",
        ExitStatus::NotStarted => {
            "`exec` could not start its program: the command line, the catalog, the password, the certificates, or no slot \
             came free. Any other status of `exec` is its program's"
        }
        ExitStatus::ProgramUnusable => "`exec` found its program, and it cannot be run",
        ExitStatus::ProgramNotFound => "`exec` did not find its program",
        ExitStatus::Interrupted => "interrupted by Ctrl-C",
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
