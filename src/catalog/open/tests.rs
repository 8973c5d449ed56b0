use super::*;
use crate::catalog::ObjectId;
use crate::catalog::file::immutable_uri;
use crate::catalog::fixture::connection;
use crate::catalog::{GlancedKind, glance_at_names};
use tempfile::TempDir;

/// A catalog of this version; from version 1 on it contains a connection.
fn catalog_of_version(version: usize) -> (TempDir, Location) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalog.db");
    let sqlite = Connection::open(&path).unwrap();
    for migration in &MIGRATIONS[..version] {
        sqlite.execute_batch(migration).unwrap();
    }
    if version > 0 {
        let marks =
            format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version};");
        sqlite.execute_batch(&marks).unwrap();
        sqlite.execute_batch(CONTENTS).unwrap();
    }
    (folder, Location::File(path))
}

/// In the words of version 1, which every later one takes over.
const CONTENTS: &str = "PRAGMA journal_mode = WAL; \
    INSERT INTO catalog (only_row, id) VALUES (1, 'old'); \
    INSERT INTO connection (name, connection_string, host, port, database_name, user_name, secret_store, secret_id, \
    created_at, altered_at) VALUES ('a', 'jdbc:redshift://h/dev', 'h', 5439, 'dev', 'etl', 'vault', 'aa', 1, 2);";

/// Every table and index, as SQLite keeps it.
fn schema(db: &Db) -> Vec<String> {
    let mut statement = db
        .sqlite
        .prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM main.sqlite_schema ORDER BY 1")
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn every_version_ever_released_opens_and_keeps_what_it_has() {
    let newest = Db::open_or_create(&Location::Memory, "new").unwrap();
    for version in 0..=MIGRATIONS.len() {
        let (_folder, location) = catalog_of_version(version);
        let db = Db::open_or_create(&location, "new").unwrap();
        assert_eq!(schema(&db), schema(&newest), "version {version}");
        assert_eq!(db.catalog_id(), if version == 0 { "new" } else { "old" });
        let count = usize::from(version > 0);
        assert_eq!(db.list_connections(None).unwrap().rows.len(), count, "version {version}");
        assert_eq!(db.refers_to_secret("aa").unwrap(), version > 0, "version {version}");
        let marks = db.sqlite.query_row(
            "SELECT * FROM pragma_user_version, pragma_application_id",
            [],
            |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
        );
        let known = i64::try_from(MIGRATIONS.len()).unwrap();
        assert_eq!(marks.unwrap(), (known, APPLICATION_ID), "version {version}");
    }
}

#[test]
fn a_job_of_an_older_version_runs_under_its_name() {
    let (_folder, location) = catalog_of_version(5);
    let Location::File(path) = &location else {
        panic!("it is a file")
    };
    let insert = "INSERT INTO job (name, kind, body, created_at, altered_at) \
                  VALUES ('load', 'insert', '', 1, 2)";
    Connection::open(path).unwrap().execute_batch(insert).unwrap();
    let jobs = Db::open_or_create(&location, "new").unwrap().all_jobs().unwrap();
    assert_eq!(jobs[0].definition.run_key, "load");
}

#[test]
fn a_name_with_its_connections_database_gets_its_table() {
    let (_folder, location) = catalog_of_version(5);
    let Location::File(path) = &location else {
        panic!("it is a file")
    };
    let insert = "INSERT INTO warehouse_table (id, connection_id, schema_name, name, created_at, altered_at) \
         VALUES (7, 1, 's', 't', 1, 2); \
         INSERT INTO job (id, name, kind, body, created_at, altered_at) \
         VALUES (1, 'load', 'insert', '', 1, 2); \
         INSERT INTO job_reference (job_id, ordinal, tie, span_start, span_end, connection_id, \
         schema_name, table_name, database_name) VALUES \
         (1, 0, 'target', 0, 0, 1, 's', 'u', NULL), (1, 1, 'source', 0, 0, 1, 's', 't', 'dev'), \
         (1, 2, 'source', 0, 0, 1, 's', 't', 'other')";
    Connection::open(path).unwrap().execute_batch(insert).unwrap();
    let db = Db::open_or_create(&location, "new").unwrap();
    let mut statement = db
        .sqlite
        .prepare("SELECT warehouse_table_id, database_name FROM job_reference ORDER BY ordinal")
        .unwrap();
    let rows = statement
        .query_map([], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<String>>(1)?)));
    let rows: Vec<_> = rows.unwrap().map(Result::unwrap).collect();
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(rows, [(None, None), (Some(7), named("dev")), (None, named("other"))]);
}

#[test]
fn a_reader_upgrades_an_old_version_too() {
    for version in 1..=MIGRATIONS.len() {
        let (_folder, location) = catalog_of_version(version);
        let (db, is_real) = Db::open_to_read(&location, "new").unwrap();
        assert!(is_real);
        assert_eq!(db.list_connections(None).unwrap().rows.len(), 1, "version {version}");
    }
}

#[test]
fn a_migration_that_fails_leaves_the_version_before_it() {
    let (_folder, location) = catalog_of_version(0);
    let Location::File(path) = &location else {
        panic!("it is a file")
    };
    let mut sqlite = Connection::open(path).unwrap();
    sqlite.commit_hook(Some(|| true)).unwrap();
    Db::prepare(sqlite, path.clone(), "new").unwrap_err();
    let sqlite = Connection::open(path).unwrap();
    assert_eq!(check_file(&sqlite, path).unwrap(), 0);
}

#[test]
fn many_that_make_the_same_catalog_at_once_share_it() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..20 {
        let location = Location::File(folder.path().join(format!("{round}.db")));
        let ids: Vec<String> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|thread| {
                    let location = &location;
                    scope.spawn(move || {
                        let db = Db::open_or_create(location, &format!("id{thread}")).unwrap();
                        db.catalog_id().to_owned()
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}

#[test]
fn a_path_becomes_a_uri_that_means_it() {
    for (path, uri) in [
        ("/a/catalog.db", "file:///a/catalog.db?immutable=1"),
        ("//a/b.db", "file:////a/b.db?immutable=1"),
        ("/a b?c#d%41'.db", "file:///a%20b%3fc%23d%2541%27.db?immutable=1"),
        ("/ä", "file:///%c3%a4?immutable=1"),
    ] {
        assert_eq!(immutable_uri(Path::new(path)), uri);
    }
}

#[test]
fn an_identity_is_never_given_out_again_whatever_the_version_it_began_with() {
    for version in 0..=MIGRATIONS.len() {
        let (_folder, location) = catalog_of_version(version);
        let db = Db::open_or_create(&location, "new").unwrap();
        let mut last = usize::from(version > 0);
        for name in ["x", "y", "z"] {
            let id = connection(&db, name);
            last += 1;
            assert_eq!(usize::try_from(id).unwrap(), last, "version {version}");
            db.delete(ObjectId::Connection(id)).unwrap();
        }
    }
}

/// A query that never ends.
const ENDLESS: &str = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) \
                       SELECT max(x) AS id, max(x) AS name FROM n";

#[test]
fn a_file_with_views_in_place_of_tables_is_refused_and_never_read() {
    for table in ["catalog", "connection"] {
        for create in [
            format!("CREATE VIEW {table} AS {ENDLESS}"),
            format!("CREATE VIRTUAL TABLE {table} USING fts5 (id, name)"),
        ] {
            let (_folder, location) = catalog_of_version(MIGRATIONS.len());
            let Location::File(path) = &location else {
                panic!("it is a file")
            };
            let sqlite = Connection::open(path).unwrap();
            let moved = format!("ALTER TABLE {table} RENAME TO moved; {create}");
            sqlite.execute_batch(&moved).unwrap();
            drop(sqlite);
            let refused = CatalogError::NotACatalog(path.clone());
            assert_eq!(Db::open_to_read(&location, "new").unwrap_err(), refused);
            assert_eq!(Db::open_or_create(&location, "new").unwrap_err(), refused);
            assert_eq!(Db::copy_of(&location, "new").unwrap_err(), refused);
            assert_eq!(glance_at_names(&location, GlancedKind::Job, "", 10).unwrap_err(), refused);
        }
    }
}

#[test]
fn a_sparse_catalog_is_not_copied_into_memory() {
    let (_folder, location) = catalog_of_version(MIGRATIONS.len());
    let Location::File(path) = &location else {
        panic!("it is a file")
    };
    let mut bytes = std::fs::read(path).unwrap();
    // The number of pages (SQLite documentation, "Database File Format", 1.3.7).
    let pages = u32::try_from(2 * MAX_COPY_BYTES / 4096).unwrap();
    bytes[28..32].copy_from_slice(&pages.to_be_bytes());
    std::fs::write(path, bytes).unwrap();
    std::fs::File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(2 * MAX_COPY_BYTES)
        .unwrap();
    let refused = CatalogError::TooLarge {
        path: path.clone(),
        limit: MAX_COPY_BYTES,
    };
    assert_eq!(Db::copy_of(&location, "new").unwrap_err(), refused);
    assert!(Db::open_to_read(&location, "new").is_ok());
}

#[test]
fn opening_that_does_not_end_is_stopped() {
    let mut sqlite = Connection::open_in_memory().unwrap();
    let path = Path::new("/catalog.db");
    let opened = bounded(&mut sqlite, path, |sqlite, _| {
        let last = sqlite.query_row(ENDLESS, [], |row| row.get::<_, i64>(0));
        last.map_err(translate(path, Attempt::Open))
    });
    assert!(matches!(opened, Err(CatalogError::Damaged { .. })), "{opened:?}");
}

#[test]
fn each_statement_stops_when_the_user_cancels() {
    let mut db = Db::open_or_create(&Location::Memory, "new").unwrap();
    db.stop_on(Arc::new(AtomicBool::new(true))).unwrap();
    assert_eq!(db.query(ENDLESS).unwrap_err(), CatalogError::Interrupted);
    let listed = db.collect(ENDLESS, [], |row| row.get::<_, i64>(0));
    assert_eq!(listed.unwrap_err(), CatalogError::Interrupted);
}
