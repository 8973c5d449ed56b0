use super::*;
use crate::catalog::{SecretReference, StoredConnection, StoredJob, StoredTable};
use crate::definition::{
    ConnectionKind, DistStyle, JobKind, Limit, LoginOptions, PasswordKeeper, PasswordPlace,
    SortKey, SortStyle, StoreKind,
};

fn connection_name(name: &str) -> ConnectionName {
    ConnectionName::new(name).unwrap()
}

fn name(name: &str) -> Name {
    Name::new(name).unwrap()
}

fn connection(name: &str) -> Definition {
    Definition {
        kind: ConnectionKind::Redshift,
        name: connection_name(name),
        connection_string: "jdbc:redshift://h/d".to_owned(),
        host: "h".to_owned(),
        port: 5439,
        database: "d".to_owned(),
        user_name: Some("u".to_owned()),
        keeper: PasswordKeeper::Store,
        login: LoginOptions::default(),
        secret: Some(SecretReference {
            store: StoreKind::Keyring,
            id: name.to_owned(),
        }),
        limit: None,
        protection: None,
        color: None,
        comment: None,
    }
}

fn column(text: &str, data_type: &str) -> TableColumn {
    TableColumn {
        name: name(text),
        data_type: data_type.to_owned(),
        is_nullable: true,
        default: None,
        identity: None,
        encoding: None,
        collation: None,
        comment: None,
    }
}

fn table_name(table: &str) -> TableName {
    TableName {
        connection: connection_name("a"),
        schema: name("s"),
        table: name(table),
    }
}

fn table(table: &str, columns: Vec<TableColumn>) -> TableDefinition {
    TableDefinition {
        columns,
        ..TableDefinition::new(table_name(table))
    }
}

fn job(name: &str, body: &str) -> JobDefinition {
    JobDefinition {
        name: JobName::new(name).unwrap(),
        kind: JobKind::Insert,
        is_sync: false,
        run_key: name.to_owned(),
        body: body.to_owned(),
        options: Vec::new(),
        comment: None,
        references: Vec::new(),
    }
}

fn wanted(
    connections: Vec<Definition>,
    tables: Vec<TableDefinition>,
    jobs: Vec<JobDefinition>,
) -> DesiredCatalog {
    DesiredCatalog {
        connections: connections.into_iter().map(|one| (one.name.clone(), one)).collect(),
        tables: tables.into_iter().map(|one| (one.name.clone(), one)).collect(),
        jobs: jobs.into_iter().map(|one| (one.name.clone(), one)).collect(),
    }
}

fn contents(
    connections: Vec<Definition>,
    tables: Vec<TableDefinition>,
    jobs: Vec<JobDefinition>,
) -> Contents {
    let day = || "2026-01-31 10:00:00".to_owned();
    Contents {
        connections: connections
            .into_iter()
            .map(|definition| StoredConnection {
                id: 1,
                definition,
                created_at: day(),
                altered_at: day(),
                password: PasswordPlace::Store(StoreKind::Memory),
            })
            .collect(),
        tables: tables
            .into_iter()
            .map(|definition| StoredTable {
                id: 1,
                definition,
                created_at: day(),
                altered_at: day(),
            })
            .collect(),
        jobs: jobs
            .into_iter()
            .map(|definition| StoredJob {
                id: 1,
                definition,
                is_paused: false,
                created_at: day(),
                altered_at: day(),
            })
            .collect(),
    }
}

/// Each change as `action object: differences`.
fn said(
    wanted: &DesiredCatalog,
    contents: &Contents,
    passwords: &[(&str, PasswordDifference)],
) -> Vec<String> {
    let changes = diff(wanted, contents, |stored| {
        let difference = passwords.iter().find(|(name, _)| *name == stored.name.as_str());
        difference.map(|(_, difference)| *difference)
    });
    let text = |change: &PlannedChange| {
        let differences: Vec<String> = change.differences.iter().map(ToString::to_string).collect();
        format!(
            "{} {}: {}",
            change.action.word(),
            change.object.kind_and_sql(),
            differences.join(", ")
        )
    };
    changes.iter().map(text).collect()
}

#[test]
fn equal_definitions_change_nothing() {
    let connections = || vec![connection("a")];
    let tables = || vec![table("t", vec![column("x", "INTEGER")])];
    let jobs = || vec![job("j", "INSERT")];
    let changes = said(
        &wanted(connections(), tables(), jobs()),
        &contents(connections(), tables(), jobs()),
        &[],
    );
    assert!(changes.is_empty(), "{changes:?}");
}

#[test]
fn prerequisites_are_created_first_and_dropped_last() {
    let new = wanted(vec![connection("b")], vec![table("u", Vec::new())], vec![job("k", "")]);
    let old = contents(vec![connection("a")], vec![table("t", Vec::new())], vec![job("j", "")]);
    assert_eq!(
        said(&new, &old, &[]),
        [
            "create connection b: ",
            "create table a.s.u: ",
            "create job k: ",
            "drop job j: ",
            "drop table a.s.t: ",
            "drop connection a: "
        ]
    );
}

#[test]
fn a_connection_differs_in_its_options_and_not_in_where_its_secret_lies() {
    let mut new = connection("a");
    new.secret = None;
    assert!(
        said(
            &wanted(vec![new.clone()], vec![], vec![]),
            &contents(vec![connection("a")], vec![], vec![]),
            &[]
        )
        .is_empty()
    );
    new.user_name = Some("it's".to_owned());
    new.limit = Limit::new(5);
    let mut old = connection("a");
    old.comment = Some("c".to_owned());
    assert_eq!(
        said(
            &wanted(vec![new], vec![], vec![]),
            &contents(vec![old], vec![], vec![]),
            &[("a", PasswordDifference::Another)]
        ),
        ["alter connection a: USER_NAME: 'u' -> 'it''s', PASSWORD: another one is kept, \
          MAX_CONCURRENT_CONNECTIONS: none -> 5, COMMENT: 'c' -> none"]
    );
}

#[test]
fn a_table_differs_in_columns_keys_and_styles() {
    let old = table("t", vec![column("x", "INTEGER"), column("y", "DATE")]);
    let mut new = table("t", vec![column("x", "BIGINT"), column("Z z", "DATE")]);
    new.columns[1].is_nullable = false;
    new.columns[1].encoding = Some("az64".to_owned());
    let key = |kind| Constraint {
        name: None,
        kind,
        columns: vec![name("x")],
    };
    new.constraints = vec![key(ConstraintKind::PrimaryKey), key(ConstraintKind::Unique)];
    new.backup = Some(false);
    new.encode_auto = true;
    new.dist_style = Some(DistStyle::Key);
    new.dist_key = Some(name("x"));
    let columns = vec![name("x"), name("Z z")];
    new.sort_key = Some(SortKey::Columns(Some(SortStyle::Compound), columns));
    assert_eq!(
        said(&wanted(vec![], vec![new], vec![]), &contents(vec![], vec![old], vec![]), &[]),
        ["alter table a.s.t: column x: INTEGER -> BIGINT, column y: DATE -> none, \
          column \"z z\": none -> DATE NOT NULL ENCODE az64, PRIMARY KEY: none -> (x), \
          constraint: none -> UNIQUE (x), BACKUP: none -> NO, DISTSTYLE: none -> KEY, DISTKEY: none -> x, \
          SORTKEY: none -> COMPOUND (x, \"z z\"), ENCODE: none -> AUTO"]
    );
}

#[test]
fn the_order_of_columns_counts() {
    let old = table("t", vec![column("x", "DATE"), column("y", "DATE")]);
    let new = table("t", vec![column("y", "DATE"), column("x", "DATE")]);
    assert_eq!(
        said(&wanted(vec![], vec![new], vec![]), &contents(vec![], vec![old], vec![]), &[]),
        ["alter table a.s.t: columns: (x, y) -> (y, x)"]
    );
}

#[test]
fn a_job_differs_in_options_and_text() {
    let mut old = job("j", "INSERT INTO a.s.t SELECT 1");
    old.options = vec![("RUN_INTERVAL".to_owned(), "5 MINUTES".to_owned())];
    let mut new = job("j", "INSERT INTO a.s.t SELECT 2");
    new.options = vec![("END_AT".to_owned(), "NOW".to_owned())];
    assert_eq!(
        said(&wanted(vec![], vec![], vec![new]), &contents(vec![], vec![], vec![old]), &[]),
        ["alter job j: RUN_INTERVAL: 5 MINUTES -> none, END_AT: NEVER -> NOW, AS: another text"]
    );
}
