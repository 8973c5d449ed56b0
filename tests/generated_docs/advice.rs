//! The causes of each SQLSTATE, and the remedy.

use redwire::sqlstate::SqlState;

pub(super) struct Advice {
    pub causes: &'static [&'static str],
    pub remedy: &'static str,
}

/// In the order of `SqlState::ALL`, which is that of the page.
pub(super) static ADVICE: &[(SqlState, Advice)] = &[
    (
        SqlState::ConnectionNotMade,
        Advice {
            causes: &[
                "the host is not connection to server at known, failed: Connection refused, or does not answer in time",
                "TLS failed: the server has none, or its certificate is expired, for another name, or from an authority \
                 that is not trusted",
                "the server closed the connection before the login was done",
                "the server asks for the password in clear text over a connection without TLS",
            ],
            remedy: "the hint names the option of the URL, or the place, that is to be mended",
        },
    ),
    (
        SqlState::ConnectionLost,
        Advice {
            causes: &[
                "the server closed the session, or the network failed",
                "the server sent nothing for as long as socketTimeout allows",
            ],
            remedy: "connect again; a transaction that was open is gone",
        },
    ),
    (
        SqlState::ProtocolViolation,
        Advice {
            causes: &[
                "what answers at host and port is not Redshift, or something on the way spoils the data",
            ],
            remedy: "check host and port in CONNECTION_STRING",
        },
    ),
    (
        SqlState::SyntaxError,
        Advice {
            causes: &[
                "a word that begins no statement, or a word in the wrong place",
                "a string, a quoted name or a comment without its end; a `)` without its `(`",
                "an option that is unknown, given twice, or missing; RESET of an option that is required",
                "a name that is empty, is reserved, or has control characters",
                "a script that ends in the middle of a statement",
                "CREATE without PASSWORD in a script",
                "a backslash command that is unknown or has a wrong argument",
                "a SELECT that SQLite cannot read, such as one with an unknown column",
            ],
            remedy: "look at the marked place; `\\h STATEMENT` shows the syntax",
        },
    ),
    (
        SqlState::DuplicateObject,
        Advice {
            causes: &[
                "CREATE or RENAME TO with a name that is taken; names that differ only in letter case are one name",
            ],
            remedy: "choose another name; CREATE OR REPLACE changes the connection that is there, IF NOT EXISTS leaves it alone",
        },
    ),
    (
        SqlState::DuplicateTable,
        Advice {
            causes: &["CREATE TABLE or RENAME TO with a name that is taken"],
            remedy: "choose another name; IF NOT EXISTS leaves the table that is there alone",
        },
    ),
    (
        SqlState::DuplicateColumn,
        Advice {
            causes: &[
                "two columns of a table or of a job have one name: ASCII letters become lower case, in quotes too",
            ],
            remedy: "rename one of the two",
        },
    ),
    (
        SqlState::UndefinedObject,
        Advice {
            causes: &["a statement names a connection or a job that is not in the catalog in use"],
            remedy: "look at SHOW CONNECTIONS or SHOW JOBS and at the spelling; IF EXISTS makes it no error. Perhaps `--catalog` or \
             REDWIRE_CATALOG leads to another catalog",
        },
    ),
    (
        SqlState::UndefinedTable,
        Advice {
            causes: &[
                "a statement names a table that is not in the catalog in use",
                "the query of a job names a table by one or two parts and not by connection, schema and table",
                "a SELECT reads a table that `system.information_schema` does not have",
                "`\\d` names a table that the warehouse does not have",
            ],
            remedy: "look at SHOW TABLES and at the spelling; a SELECT can read the tables that the hint lists",
        },
    ),
    (
        SqlState::DependentObjectsStillExist,
        Advice {
            causes: &[
                "DROP CONNECTION while tables or jobs depend on the connection",
                "DROP TABLE while jobs depend on the table",
                "`redwire apply --prune` with something in the file on a connection that the file lacks",
            ],
            remedy: "drop what the error lists first, as its hint shows, or add CASCADE",
        },
    ),
    (
        SqlState::InvalidDefinition,
        Advice {
            causes: &[
                "the parts of a table's definition do not fit together, such as DISTSTYLE KEY without a DISTKEY",
            ],
            remedy: "look at the marked place; the hint says what would fit",
        },
    ),
    (
        SqlState::InvalidParameterValue,
        Advice {
            causes: &[
                "the value of an option has the wrong type, is out of range, or is empty",
                "CONNECTION_STRING is not a URL that redwire takes; one with a user, a password or a key in it never is",
                "a password is empty, holds a NUL character, or is longer than 64 KiB",
            ],
            remedy: "look at the hint, and at [the options](reference.md#options-of-a-connection)",
        },
    ),
    (
        SqlState::CharacterNotInRepertoire,
        Advice {
            causes: &[
                "the input has bytes that are not UTF-8, or a NUL; nothing after them in that file is run",
            ],
            remedy: "save the script as UTF-8",
        },
    ),
    (
        SqlState::ProgramLimitExceeded,
        Advice {
            causes: &[
                "a statement of more than 16 MiB",
                "parentheses or comments nested deeper than 1,000",
                "the query of a job that is nested deeper than 500, or has 50,000 words and symbols without a comma between them",
                "a name of more than 127 bytes, or a URL of more than 8,192",
                "`IMPORT TABLES`: more than 200,000 tables, or definitions of more than 256 MiB",
            ],
            remedy: "make it shorter; perhaps a quote or a comment is not closed. Import one schema after another",
        },
    ),
    (
        SqlState::ActiveTransaction,
        Advice {
            causes: &[
                "BEGIN while a transaction is open",
                "BEGIN, COMMIT or ROLLBACK in a script that runs with `--single-transaction`",
            ],
            remedy: "end the open transaction first, or leave the option out",
        },
    ),
    (
        SqlState::NoActiveTransaction,
        Advice {
            causes: &[
                "COMMIT or ROLLBACK while there is no transaction in progress",
                "a script that ends inside a transaction; it was rolled back",
            ],
            remedy: "begin with BEGIN, end with COMMIT",
        },
    ),
    (
        SqlState::FailedTransaction,
        Advice {
            causes: &[
                "a statement after an error in the same transaction",
                "with `--single-transaction`, a failure that `\\expect` announced: it has undone the whole script",
            ],
            remedy: "ROLLBACK, mend what failed, and run the transaction again",
        },
    ),
    (
        SqlState::ReadOnly,
        Advice {
            causes: &[
                "a change to a catalog whose file or folder you may not write, or that lies on a read-only disk",
            ],
            remedy: "give yourself the right to write the file and its folder; reading works without",
        },
    ),
    (
        SqlState::ObjectInUse,
        Advice {
            causes: &[
                "another process has been changing the catalog, the vault or the journal for more than 5 seconds",
            ],
            remedy: "run the statement again. A redwire that holds a transaction open with BEGIN may be the other process",
        },
    ),
    (
        SqlState::DiskFull,
        Advice {
            causes: &["there is no room on the disk of the catalog"],
            remedy: "make room and run the statement again",
        },
    ),
    (
        SqlState::TooManyConnections,
        Advice {
            causes: &[
                "as many sessions of the connection are open as its MAX_CONCURRENT_CONNECTIONS allows",
            ],
            remedy: "wait for longer, end one of the sessions, or allow more",
        },
    ),
    (
        SqlState::InvalidAuthorization,
        Advice {
            causes: &[
                "the server does not let the user in, with this password, from this address, or to this database; Redshift \
                 reports a wrong password so",
            ],
            remedy: "check USER_NAME, and set the password again: `ALTER REDSHIFT CONNECTION … SET PASSWORD = PROMPT`",
        },
    ),
    (
        SqlState::InvalidPassword,
        Advice {
            causes: &[
                "the server does not take the password that is stored, or none is stored",
                "`PASSWORD = ENV`: the variable is not set, is empty, or is not UTF-8",
                "`PASSWORD = FILE`: the file cannot be read, is empty, has more than one line, or is not UTF-8",
                "`PASSWORD = PROMPT`: there is no terminal to ask at",
            ],
            remedy: "set the password again, set the variable, mend the file, or run redwire in a terminal",
        },
    ),
    (
        SqlState::SystemError,
        Advice {
            causes: &[
                "could not connect to a keyring, or it is locked, or it refused",
                "the vault cannot be read or written, or needs a passphrase that nobody gave, or got a wrong one",
                "the journal beside the catalog cannot be read or written",
            ],
            remedy: "[the guide](guide.md#secret-stores) says how to choose a store. Statements that need no password \
             go on working",
        },
    ),
    (
        SqlState::DuplicateFile,
        Advice {
            causes: &["EXPORT CATALOG TO a path at which a file, a folder or a link is"],
            remedy: "name another file, or remove the one that is there",
        },
    ),
    (
        SqlState::IoError,
        Advice {
            causes: &[
                "a script cannot be read",
                "a result cannot be written",
                "`redwire exec`: the program is not there or cannot be run, or there is no file of certificates",
                "the catalog's file or folder cannot be opened or made, or the file was removed while redwire used it",
            ],
            remedy: "look at the path and its rights",
        },
    ),
    (
        SqlState::UndefinedSchema,
        Advice {
            causes: &[
                "`IMPORT TABLES` names a schema that the warehouse does not have, or another database has",
            ],
            remedy: "correct the name; `\\dn` after `\\connect` lists the schemas",
        },
    ),
    (
        SqlState::UndefinedDatabase,
        Advice {
            causes: &[
                "the server has no database of the name that stands in CONNECTION_STRING after the `/`",
            ],
            remedy: "correct the name in CONNECTION_STRING",
        },
    ),
    (
        SqlState::QueryCanceled,
        Advice {
            causes: &["Ctrl-C while a statement ran or while a password was asked for"],
            remedy: "nothing was changed; run the statement again if you like",
        },
    ),
    (
        SqlState::NotSupported,
        Advice {
            causes: &[
                "a URL or an option that logs in through AWS IAM or an identity provider",
                "a connection of another kind than REDSHIFT",
                "a SELECT that would change something, or read outside of the tables of the catalog",
                "a catalog that a later redwire has changed",
                "a job that reads from another connection than it writes to, or from a data lake",
                "in a job: COPY FROM, parameters, system columns of Upsolver, `$$ … $$`, `E'…'`, and a quote behind a backslash",
                "anything but CREATE in a file for `redwire plan` or `redwire apply`",
            ],
            remedy: "look at the hint",
        },
    ),
    (
        SqlState::UnexpectedOutcome,
        Advice {
            causes: &["the statement after `\\expect` succeeded, or failed with another SQLSTATE"],
            remedy: "mend the statement, or what is expected of it",
        },
    ),
    (
        SqlState::InternalError,
        Advice {
            causes: &[
                "the catalog's file is damaged, is no SQLite database, or is one that redwire did not make",
                "SQLite failed in a way that has no code of its own",
                "redwire has a fault",
            ],
            remedy: "look at the cause and the hint; the file was left as it is. Please report a fault of redwire",
        },
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_advice_once() {
        let states: Vec<SqlState> = ADVICE.iter().map(|(state, _)| *state).collect();
        assert_eq!(states, SqlState::ALL);
    }

    #[test]
    fn all_advice_says_something() {
        for (state, advice) in ADVICE {
            assert!(!advice.causes.is_empty() && !advice.remedy.is_empty(), "{}", state.code());
        }
    }
}
