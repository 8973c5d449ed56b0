//! Errors: every SQLSTATE with what causes it and what to do, and the exit statuses.

use super::page::{Page, code};
use crate::error::ExitStatus;
use crate::sqlstate::SqlState;

/// What leads to an error, and the way out.
struct Advice {
    causes: &'static [&'static str],
    remedy: &'static str,
}

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
    for state in SqlState::ALL {
        let advice = advice(*state);
        page.heading(3, state.code());
        page.paragraph(&format!("{}. Causes:", capitalised(state.meaning())));
        page.list(advice.causes);
        page.paragraph(&format!("What to do: {}.", advice.remedy));
    }
    page.into_text()
}

/// The exit statuses, and what each means.
pub(crate) fn exit_statuses() -> [(u8, &'static str); 9] {
    STATUSES.map(|status| (status as u8, meaning(status)))
}

/// The exit statuses as a table.
pub(super) fn write_statuses(page: &mut Page) {
    let rows = exit_statuses().map(|(status, meaning)| [code(&status.to_string()), meaning.to_owned()]);
    page.table(["status", "meaning"], rows);
    page.paragraph(
        "`redwire exec` ends as its program does, by the same signal too; only 125 to 127, and 130 while it waits, are its own. \
         Where several statements fail, with `--on-error continue`, 1 wins over 2. A prompt that the user ends has status 0.",
    );
}

fn meaning(status: ExitStatus) -> &'static str {
    match status {
        ExitStatus::Done => "all done; a failure that `\\expect` announced counts as done",
        ExitStatus::Failed => "a statement failed, or whoever read standard output went away before its end",
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

#[allow(clippy::too_many_lines, reason = "a table, one arm for each code")]
fn advice(state: SqlState) -> Advice {
    let (causes, remedy): (&[&str], &str) = match state {
        SqlState::ConnectionNotMade => (
            &[
                "the host is not known, refuses the connection, or does not answer in time",
                "TLS failed: the server has none, or its certificate is expired, for another name, or from an authority \
                 that is not trusted",
                "the server closed the connection before the login was done",
                "the server asks for the password in clear text over a connection without TLS",
            ],
            "the hint names the option of the URL, or the place, that is to be mended",
        ),
        SqlState::ConnectionLost => (
            &[
                "the server closed the session, or the network failed",
                "the server sent nothing for as long as socketTimeout allows",
            ],
            "connect again; a transaction that was open is gone",
        ),
        SqlState::ProtocolViolation => (
            &["what answers at host and port is not Redshift, or something on the way spoils the data"],
            "check host and port in CONNECTION_STRING",
        ),
        SqlState::SyntaxError => (
            &[
                "a word that begins no statement, or a word in the wrong place",
                "a string, a quoted name or a comment without its end; a `)` without its `(`",
                "an option that is unknown, given twice, or missing; RESET of an option that is required",
                "a name that is empty, is reserved, or has control characters",
                "a script that ends in the middle of a statement",
                "CREATE without PASSWORD in a script",
                "a backslash command that is unknown or has a wrong argument",
                "a SELECT that SQLite cannot read, such as one with an unknown column",
            ],
            "look at the marked place; `\\h STATEMENT` shows the syntax",
        ),
        SqlState::DuplicateObject => (
            &["CREATE or RENAME TO with a name that is taken; names that differ only in letter case are one name"],
            "choose another name; CREATE OR REPLACE changes the connection that is there, IF NOT EXISTS leaves it alone",
        ),
        SqlState::DuplicateTable => (
            &["CREATE TABLE or RENAME TO with a name that is taken"],
            "choose another name; IF NOT EXISTS leaves the table that is there alone",
        ),
        SqlState::DuplicateColumn => (
            &["two columns of a table or of a job have one name: ASCII letters become lower case, in quotes too"],
            "rename one of the two",
        ),
        SqlState::InvalidDefinition => (
            &["the parts of a table's definition do not fit together, such as DISTSTYLE KEY without a DISTKEY"],
            "look at the marked place; the hint says what would fit",
        ),
        SqlState::UndefinedObject => (
            &["a statement names a connection or a job that is not in the catalog in use"],
            "look at SHOW CONNECTIONS or SHOW JOBS and at the spelling; IF EXISTS makes it no error. Perhaps `--catalog` or \
             REDWIRE_CATALOG leads to another catalog",
        ),
        SqlState::UndefinedTable => (
            &[
                "a statement names a table that is not in the catalog in use",
                "the query of a job names a table by one or two parts and not by connection, schema and table",
                "a SELECT reads a table that `system.information_schema` does not have",
                "`\\d` names a table that the warehouse does not have",
            ],
            "look at SHOW TABLES and at the spelling; a SELECT can read the tables that the hint lists",
        ),
        SqlState::DependentObjectsStillExist => (
            &[
                "DROP CONNECTION while tables or jobs depend on the connection",
                "DROP TABLE while jobs depend on the table",
                "`redwire apply --prune` with something in the file on a connection that the file lacks",
            ],
            "drop what the error lists first, as its hint shows, or add CASCADE",
        ),
        SqlState::InvalidParameterValue => (
            &[
                "the value of an option has the wrong type, is out of range, or is empty",
                "CONNECTION_STRING is not a URL that redwire takes; one with a user, a password or a key in it never is",
                "a password is empty, holds a NUL character, or is longer than 64 KiB",
            ],
            "look at the hint, and at [the options](reference.md#options-of-a-connection)",
        ),
        SqlState::CharacterNotInRepertoire => (
            &["the input has bytes that are not UTF-8, or a NUL; nothing after them in that file is run"],
            "save the script as UTF-8",
        ),
        SqlState::ProgramLimitExceeded => (
            &[
                "a statement of more than 16 MiB",
                "parentheses or comments nested deeper than 1,000",
                "the query of a job that is nested deeper than 500, or has 50,000 words and symbols without a comma between them",
                "a name of more than 127 bytes, or a URL of more than 8,192",
            ],
            "make it shorter; perhaps a quote or a comment is not closed",
        ),
        SqlState::ActiveTransaction => (
            &[
                "BEGIN while a transaction is open",
                "BEGIN, COMMIT or ROLLBACK in a script that runs with `--single-transaction`",
            ],
            "end the open transaction first, or leave the option out",
        ),
        SqlState::NoActiveTransaction => (
            &[
                "COMMIT or ROLLBACK while no transaction is open",
                "a script that ends inside a transaction; it was rolled back",
            ],
            "begin with BEGIN, end with COMMIT",
        ),
        SqlState::FailedTransaction => (
            &[
                "a statement after an error in the same transaction",
                "with `--single-transaction`, a failure that `\\expect` announced: it has undone the whole script",
            ],
            "ROLLBACK, mend what failed, and run the transaction again",
        ),
        SqlState::ReadOnly => (
            &["a change to a catalog whose file or folder you may not write, or that lies on a read-only disk"],
            "give yourself the right to write the file and its folder; reading works without",
        ),
        SqlState::ObjectInUse => (
            &["another process has been changing the catalog, the vault or the journal for more than 5 seconds"],
            "run the statement again. A redwire that holds a transaction open with BEGIN may be the other process",
        ),
        SqlState::DiskFull => (
            &["there is no room on the disk of the catalog"],
            "make room and run the statement again",
        ),
        SqlState::TooManyConnections => (
            &["as many sessions of the connection are open as its MAX_CONCURRENT_CONNECTIONS allows"],
            "wait for longer, end one of the sessions, or allow more",
        ),
        SqlState::InvalidAuthorization => (
            &[
                "the server does not let the user in, with this password, from this address, or to this database; Redshift \
                 reports a wrong password so",
            ],
            "check USER_NAME, and set the password again: `ALTER REDSHIFT CONNECTION … SET PASSWORD = PROMPT`",
        ),
        SqlState::UndefinedDatabase => (
            &["the server has no database of the name that stands in CONNECTION_STRING after the `/`"],
            "correct the name in CONNECTION_STRING",
        ),
        SqlState::InvalidPassword => (
            &[
                "the server does not take the password that is stored, or none is stored",
                "`PASSWORD = ENV`: the variable is not set, is empty, or is not UTF-8",
                "`PASSWORD = FILE`: the file cannot be read, is empty, has more than one line, or is not UTF-8",
                "`PASSWORD = PROMPT`: there is no terminal to ask at",
            ],
            "set the password again, set the variable, mend the file, or run redwire in a terminal",
        ),
        SqlState::SystemError => (
            &[
                "no keyring can be reached, or it is locked, or it refused",
                "the vault cannot be read or written, or needs a passphrase that nobody gave, or got a wrong one",
                "the journal beside the catalog cannot be read or written",
            ],
            "[the guide](guide.md#where-passwords-are-kept) says how to choose a store. Statements that need no password \
             go on working",
        ),
        SqlState::DuplicateFile => (
            &["EXPORT CATALOG TO a path at which a file, a folder or a link is"],
            "name another file, or remove the one that is there",
        ),
        SqlState::IoError => (
            &[
                "a script cannot be read",
                "a result cannot be written",
                "`redwire exec`: the program is not there or cannot be run, or there is no file of certificates",
                "the catalog's file or folder cannot be opened or made, or the file was removed while redwire used it",
            ],
            "look at the path and its rights",
        ),
        SqlState::QueryCanceled => (
            &["Ctrl-C while a statement ran or while a password was asked for"],
            "nothing was changed; run the statement again if you like",
        ),
        SqlState::NotSupported => (
            &[
                "a URL or an option that logs in through AWS IAM or an identity provider",
                "a connection of another kind than REDSHIFT",
                "a SELECT that would change something, or read outside of the tables of the catalog",
                "a catalog that a later redwire has changed",
                "a job that reads from another connection than it writes to, or from a data lake",
                "in a job: COPY FROM, parameters, system columns of Upsolver, `$$ … $$`, `E'…'`, and a quote behind a backslash",
                "anything but CREATE in a file for `redwire plan` or `redwire apply`",
            ],
            "look at the hint",
        ),
        SqlState::UnexpectedOutcome => (
            &["the statement after `\\expect` succeeded, or failed with another SQLSTATE"],
            "mend the statement, or what is expected of it",
        ),
        SqlState::InternalError => (
            &[
                "the catalog's file is damaged, is no SQLite database, or is one that redwire did not make",
                "SQLite failed in a way that has no code of its own",
                "redwire has a fault",
            ],
            "look at the cause and the hint; the file was left as it is. Please report a fault of redwire",
        ),
    };
    Advice { causes, remedy }
}
