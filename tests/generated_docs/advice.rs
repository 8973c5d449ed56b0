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
                "the host is unknown, refuses the connection, or does not answer in time",
                "the server has no TLS, or its certificate is expired, for another name, or from \
                 an unknown authority",
                "the server closed the connection during the login",
                "the server asks for the password in clear text without TLS",
            ],
            remedy: "the hint names the option of the URL, or the place",
        },
    ),
    (
        SqlState::ConnectionLost,
        Advice {
            causes: &[
                "the server closed the session, or the network failed",
                "the server was silent for longer than socketTimeout",
            ],
            remedy: "connect again; an open transaction is gone",
        },
    ),
    (
        SqlState::ProtocolViolation,
        Advice {
            causes: &["what answers is not Redshift, or something on the way spoils the data"],
            remedy: "check host and port in CONNECTION_STRING",
        },
    ),
    (
        SqlState::SyntaxError,
        Advice {
            causes: &[
                "a word that begins no statement, or a word in the wrong place",
                "a string, a quoted name or a comment without its end; a `)` without its `(`",
                "an option that is unknown, given twice, or missing; RESET of an option that is \
                 required",
                "a name that is empty, is reserved, or has control characters",
                "a script that ends in the middle of a statement",
                "CREATE without PASSWORD in a script",
                "a backslash command that is unknown or has a wrong argument",
                "a SELECT that SQLite cannot read",
            ],
            remedy: "look at the marked place; `\\h STATEMENT` shows the syntax",
        },
    ),
    (
        SqlState::DuplicateObject,
        Advice {
            causes: &[
                "CREATE or RENAME TO with a name that is taken, in any letter case",
                "CREATE JOB with the RUN_KEY of another job, or with the first name of a renamed one",
            ],
            remedy: "choose another name; CREATE OR REPLACE changes a connection, IF NOT EXISTS \
                     leaves it alone",
        },
    ),
    (
        SqlState::DuplicateTable,
        Advice {
            causes: &["CREATE TABLE or RENAME TO with a name that is taken"],
            remedy: "choose another name; IF NOT EXISTS leaves the table alone",
        },
    ),
    (
        SqlState::DuplicateColumn,
        Advice {
            causes: &[
                "two columns of a table or job have one name; ASCII letters become lower case, in \
                 quotes too",
            ],
            remedy: "rename one of the two",
        },
    ),
    (
        SqlState::UndefinedObject,
        Advice {
            causes: &["the catalog in use lacks the connection or job"],
            remedy: "look at SHOW CONNECTIONS, SHOW JOBS, `--catalog` and REDWIRE_CATALOG; IF \
                     EXISTS makes it no error",
        },
    ),
    (
        SqlState::UndefinedColumn,
        Advice {
            causes: &[
                "a SELECT on the catalog names an unknown column",
                "ALTER TABLE names a column that the table lacks",
                "a foreign key references a column that the other table lacks",
            ],
            remedy: "`\\h SELECT` lists the columns of the catalog, and DESCRIBE TABLE those of a table",
        },
    ),
    (
        SqlState::UndefinedFunction,
        Advice {
            causes: &["a SELECT on the catalog calls a function that SQLite lacks"],
            remedy: "look at SQLite's documentation",
        },
    ),
    (
        SqlState::InvalidForeignKey,
        Advice {
            causes: &["a FOREIGN KEY has more or fewer columns than it references"],
            remedy: "write the same number of columns in both",
        },
    ),
    (
        SqlState::UndefinedTable,
        Advice {
            causes: &[
                "the catalog in use lacks the table",
                "a job's query names a table without its connection and schema",
                "a SELECT reads a table that the catalog does not have",
                "`\\d` names a table that the warehouse does not have",
                "a job's target is missing, and the job may not or cannot create it",
            ],
            remedy: "look at SHOW TABLES; the hint lists the tables that a SELECT can read",
        },
    ),
    (
        SqlState::DependentObjectsStillExist,
        Advice {
            causes: &[
                "DROP CONNECTION while tables or jobs depend on it",
                "DROP TABLE while jobs depend on it",
                "on a warehouse, a statement removes what the catalog's jobs and foreign keys use",
                "`redwire apply --prune` of a file that uses a connection and lacks it",
            ],
            remedy: "drop first what the error lists, as its hint shows, or add CASCADE",
        },
    ),
    (
        SqlState::InvalidDefinition,
        Advice {
            causes: &["its parts do not fit together, such as DISTSTYLE KEY without a DISTKEY"],
            remedy: "look at the marked place; the hint says what would fit",
        },
    ),
    (
        SqlState::InvalidParameterValue,
        Advice {
            causes: &[
                "it has the wrong type, is out of range, or is empty",
                "CONNECTION_STRING is not a URL that redwire takes, or has a user, password or key \
                 in it",
                "RUN_INTERVAL neither divides a day nor is whole days, or START_FROM is no boundary of \
                 it",
                "a password is empty, holds a NUL character, or is longer than 64 KiB",
            ],
            remedy: "look at the hint, and at [the options](reference.md#options-of-a-connection)",
        },
    ),
    (
        SqlState::CharacterNotInRepertoire,
        Advice {
            causes: &["the rest of that file is not run"],
            remedy: "save the script as UTF-8",
        },
    ),
    (
        SqlState::ProgramLimitExceeded,
        Advice {
            causes: &[
                "a statement of more than 16 MiB",
                "parentheses or comments nested deeper than 1,000",
                "a job's query nested deeper than 500, or with 50,000 words and symbols without a \
                 comma",
                "a name of more than 127 bytes, or a URL of more than 8,192",
                "`IMPORT TABLES`: more than 200,000 tables, or definitions of more than 256 MiB",
                "`--dry-run`: a catalog of more than 1 GiB, which would be copied into memory",
            ],
            remedy: "make it shorter; perhaps a quote or comment is not closed; import schema by \
                     schema",
        },
    ),
    (
        SqlState::ActiveTransaction,
        Advice {
            causes: &[
                "BEGIN while a transaction is open",
                "BEGIN, COMMIT or ROLLBACK with `--single-transaction`",
            ],
            remedy: "end the transaction first, or leave the option out",
        },
    ),
    (
        SqlState::NoActiveTransaction,
        Advice {
            causes: &[
                "COMMIT or ROLLBACK while no transaction is open",
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
                "with `--single-transaction`, a failure that `\\expect` announced",
            ],
            remedy: "ROLLBACK, correct what failed, and run the transaction again",
        },
    ),
    (
        SqlState::ReadOnly,
        Advice {
            causes: &[
                "you may not write the catalog's file or folder, or the disk is read-only",
                "a statement may write, and the connection has PROTECTION = READ_ONLY or \
                 readOnly=true, or redwire runs with --read-only",
            ],
            remedy: "make file and folder writable, or use a connection that may write; reading \
                     works without",
        },
    ),
    (
        SqlState::ObjectInUse,
        Advice {
            causes: &[
                "a change of the catalog, the vault or the journal takes longer than 5 seconds",
                "another session of the warehouse locks `redwire_ledger` for longer than `--wait`",
            ],
            remedy: "run the statement again; look for a redwire with an open transaction, or for \
                 the session in `svv_transactions`",
        },
    ),
    (
        SqlState::DiskFull,
        Advice {
            causes: &["the disk of the catalog is full"],
            remedy: "make room and run the statement again; reading works without",
        },
    ),
    (
        SqlState::TooManyConnections,
        Advice {
            causes: &["MAX_CONCURRENT_CONNECTIONS allows no more sessions"],
            remedy: "wait longer, end a session, or allow more",
        },
    ),
    (
        SqlState::InvalidAuthorization,
        Advice {
            causes: &[
                "the user, password, address or database is not accepted; Redshift reports a wrong \
                 password so",
            ],
            remedy: "check USER_NAME, and set the password again: `ALTER REDSHIFT CONNECTION … SET \
                     PASSWORD = PROMPT`",
        },
    ),
    (
        SqlState::InvalidPassword,
        Advice {
            causes: &[
                "the server refuses the stored password, or none is stored",
                "`PASSWORD = ENV`: the variable is not set, is empty, or is not UTF-8",
                "`PASSWORD = FILE`: the file cannot be read, is empty, has more than one line, or \
                 is not UTF-8",
                "`PASSWORD = PROMPT`: there is no terminal to ask at",
            ],
            remedy: "set the password again, set the variable, correct the file, or use a terminal",
        },
    ),
    (
        SqlState::SystemError,
        Advice {
            causes: &[
                "the keyring cannot be reached, is locked, or refused",
                "the vault cannot be read or written, or its passphrase or identity is missing or wrong",
                "the journal beside the catalog cannot be read or written",
            ],
            remedy: "[choose another store](guide.md#secret-stores); statements without passwords \
                     go on working",
        },
    ),
    (
        SqlState::DuplicateFile,
        Advice {
            causes: &["EXPORT CATALOG TO a path at which a file, a folder or a link is"],
            remedy: "name another file, or remove that one",
        },
    ),
    (
        SqlState::IoError,
        Advice {
            causes: &[
                "a script cannot be read",
                "a result cannot be written",
                "`IMPORT CONNECTIONS`: the file of the other tool is not there, is not in its format, or \
                 is a `.pgpass` that others can read",
                "`redwire exec`: the program or the file of certificates is not there",
                "the catalog's file or folder cannot be opened or made, or was removed during use",
            ],
            remedy: "look at the path and its rights",
        },
    ),
    (
        SqlState::UndefinedSchema,
        Advice {
            causes: &["`IMPORT TABLES` names a schema that this database of the warehouse lacks"],
            remedy: "correct the name; `\\dn` after `\\connect` lists the schemas",
        },
    ),
    (
        SqlState::UndefinedDatabase,
        Advice {
            causes: &["the one behind the `/` in CONNECTION_STRING"],
            remedy: "correct CONNECTION_STRING",
        },
    ),
    (
        SqlState::QueryCanceled,
        Advice {
            causes: &[
                "Ctrl-C while a statement ran or a password was asked for",
                "a statement that PROTECTION = CONFIRM asks about was not confirmed",
            ],
            remedy: "nothing was changed; run it again",
        },
    ),
    (
        SqlState::NotSupported,
        Advice {
            causes: &[
                "a connection of another kind than REDSHIFT",
                "`redwire exec` with a connection that is read-only",
                "a SELECT that would change something, or read outside of the catalog",
                "a catalog of a later redwire",
                "a job that reads from another connection than it writes to, or from a data lake",
                "in a job: COPY FROM, parameters, Upsolver's system columns, `$$ … $$`, `E'…'`, a \
                 quote behind a backslash",
                "a job whose target is called `redwire_ledger`, `redwire_stage` or `redwire_gone`",
                "SYNC jobs that wait for each other in a circle",
                "anything but CREATE in a file for `redwire plan` or `redwire apply`",
            ],
            remedy: "look at the hint",
        },
    ),
    (
        SqlState::UnexpectedOutcome,
        Advice {
            causes: &["it succeeded, or failed with another SQLSTATE"],
            remedy: "correct the statement or the expectation",
        },
    ),
    (
        SqlState::TruncatedString,
        Advice {
            causes: &["a job's query has a value that is longer than its column"],
            remedy: "shorten the value in the query, or widen the column in the warehouse",
        },
    ),
    (
        SqlState::GeneratedAlways,
        Advice {
            causes: &["a job's query has a value for a column that is GENERATED ALWAYS"],
            remedy: "leave the column out of the query",
        },
    ),
    (
        SqlState::InvalidColumnReference,
        Advice {
            causes: &["the INSERT of a job's MERGE lacks a column of its ON"],
            remedy: "insert the key, too",
        },
    ),
    (
        SqlState::NotNullViolation,
        Advice {
            causes: &[
                "a column of a job's target has NOT NULL, no default, and no column of the query",
                "a key of a MERGE is NULL",
            ],
            remedy: "give the column a value in the query",
        },
    ),
    (
        SqlState::CardinalityViolation,
        Advice {
            causes: &["the query of a MERGE has two rows for one key"],
            remedy: "group the query by its key; cause shows three of the keys",
        },
    ),
    (
        SqlState::WrongObjectType,
        Advice {
            causes: &["the target of a job is a view"],
            remedy: "name a table",
        },
    ),
    (
        SqlState::NotInPrerequisiteState,
        Advice {
            causes: &[
                "the job is paused",
                "UP TO goes beyond what the sources of a SYNC job have",
                "the ledger is behind the catalog: it was restored or dropped",
                "the ledger was made by another version",
                "a script without --yes has a statement that PROTECTION = CONFIRM asks about",
            ],
            remedy: "follow the hint",
        },
    ),
    (
        SqlState::JobInUse,
        Advice {
            causes: &["another process on this machine runs the job"],
            remedy: "wait for it",
        },
    ),
    (
        SqlState::InternalError,
        Advice {
            causes: &[
                "the catalog's file is damaged, or not one that redwire made",
                "SQLite failed without a code of its own",
                "redwire has a bug",
            ],
            remedy: "look at cause and hint; the file was left as it is. Please report a bug",
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
