use super::*;
use crate::catalog::ObjectId;
use crate::catalog::fixture::{connection, db, job, job_definition, table};
use crate::definition::JobKind;
use crate::name::Name;

fn find(db: &Db, name: &str) -> StoredJob {
    db.find_job(&JobName::new(name).unwrap()).unwrap().unwrap()
}

/// The tables that the job names, each with its id if the catalog has it.
fn references(db: &Db, name: &str) -> Vec<(String, Option<i64>)> {
    let job = find(db, name);
    let sql = "SELECT warehouse_table_id FROM job_reference WHERE job_id = ?1 ORDER BY ordinal";
    let ids: Vec<Option<i64>> = db.collect(sql, [job.id], |row| row.get(0)).unwrap();
    let references = job.definition.references.iter();
    references.map(|reference| reference.name.sql()).zip(ids).collect()
}

fn rename_table(db: &Db, id: i64, name: &str) {
    let mut tables = db.all_tables().unwrap().into_iter();
    let mut definition = tables.find(|table| table.id == id).unwrap().definition;
    definition.name.table = Name::new(name).unwrap();
    db.save_table(Some(id), &definition, 0).unwrap();
}

#[test]
fn a_job_is_read_as_it_was_written() {
    let db = db();
    let mut definition = job_definition(&db, "j", &["c.s.t", "c.s.u", "c.s.u"]);
    definition.kind = JobKind::Merge;
    definition.comment = Some("why".to_owned());
    definition.options = vec![
        ("END_AT".to_owned(), "NEVER".to_owned()),
        ("RUN_INTERVAL".to_owned(), "5 MINUTES".to_owned()),
    ];
    let id = db.save_job(None, &definition, 60).unwrap();
    let stored = find(&db, "j");
    assert_eq!(stored.id, id);
    assert_eq!(stored.definition, definition);
    assert_eq!(stored.created_at, "1970-01-01 00:01:00");
    assert_eq!(stored.altered_at, "1970-01-01 00:01:00");
    assert!(db.find_job(&JobName::new("other").unwrap()).unwrap().is_none());
}

#[test]
fn an_update_replaces_all_of_it_but_the_identity_and_the_date() {
    let db = db();
    let id = job(&db, "j", &["c.s.t", "c.s.u"]);
    let mut definition = job_definition(&db, "k", &["d.s.t"]);
    definition.options = vec![("RUN_PARALLELISM".to_owned(), "2".to_owned())];
    db.save_job(Some(id), &definition, 60).unwrap();
    assert!(db.find_job_id(&JobName::new("j").unwrap()).unwrap().is_none());
    let stored = find(&db, "k");
    assert_eq!((stored.id, &stored.definition), (id, &definition));
    assert_eq!(stored.created_at, "1970-01-01 00:00:00");
    assert_eq!(stored.altered_at, "1970-01-01 00:01:00");
}

#[test]
fn a_job_that_is_made_holds_the_tables_that_there_are() {
    let db = db();
    let (target, source) = (table(&db, "c.s.t"), table(&db, "c.s.u"));
    table(&db, "d.s.v");
    job(&db, "j", &["c.s.t", "c.s.u", "c.s.v"]);
    let expected = [("c.s.t", Some(target)), ("c.s.u", Some(source)), ("c.s.v", None)];
    assert_eq!(references(&db, "j"), expected.map(|(name, id)| (name.to_owned(), id)));
    db.delete(ObjectId::Table(source)).unwrap_err();
    db.delete(ObjectId::Table(target)).unwrap_err();
    db.delete(ObjectId::Connection(connection(&db, "c"))).unwrap_err();
}

#[test]
fn a_table_that_is_made_is_held_by_the_jobs_that_name_it() {
    let db = db();
    job(&db, "j", &["c.s.t", "c.s.u"]);
    job(&db, "elsewhere", &["d.s.t"]);
    let id = table(&db, "c.s.t");
    assert_eq!(references(&db, "j")[0], ("c.s.t".to_owned(), Some(id)));
    assert_eq!(references(&db, "elsewhere")[0], ("d.s.t".to_owned(), None));
    db.delete(ObjectId::Table(id)).unwrap_err();
    db.delete(ObjectId::Job(find(&db, "j").id)).unwrap();
    db.delete(ObjectId::Table(id)).unwrap();
}

#[test]
fn a_table_that_gets_a_name_is_held_by_the_jobs_that_name_it() {
    let db = db();
    job(&db, "j", &["c.s.t", "c.s.u"]);
    let id = table(&db, "c.s.old");
    let source = table(&db, "c.s.u");
    rename_table(&db, id, "t");
    let expected = [("c.s.t", Some(id)), ("c.s.u", Some(source))];
    assert_eq!(references(&db, "j"), expected.map(|(name, id)| (name.to_owned(), id)));
    db.delete(ObjectId::Table(id)).unwrap_err();
}

#[test]
fn a_job_has_the_names_of_now() {
    let db = db();
    job(&db, "j", &["c.s.t", "c.s.u"]);
    let id = table(&db, "c.s.u");
    rename_table(&db, id, "u2");
    db.change("UPDATE connection SET name = 'two words'", []).unwrap();
    let definition = find(&db, "j").definition;
    assert_eq!(definition.body, "INSERT INTO c.s.t\nSELECT 1 FROM c.s.u");
    assert_eq!(
        definition.current_body(),
        "INSERT INTO \"two words\".s.t\nSELECT 1 FROM \"two words\".s.u2"
    );
    // A table that takes the old name is a different one.
    table(&db, "two words.s.u");
    assert_eq!(references(&db, "j")[1], ("\"two words\".s.u2".to_owned(), Some(id)));
}

#[test]
fn an_update_keeps_its_tables_under_their_names_of_now() {
    let db = db();
    let id = job(&db, "j", &["c.s.t"]);
    let target = table(&db, "c.s.t");
    rename_table(&db, target, "u2");
    let stored = find(&db, "j");
    db.save_job(Some(id), &stored.definition, 0).unwrap();
    assert_eq!(references(&db, "j"), [("c.s.u2".to_owned(), Some(target))]);
}

#[test]
fn all_jobs_are_those_that_are_found_one_by_one() {
    let db = db();
    for index in 0..5 {
        let tables = ["c.s.t", "c.s.u"];
        let mut definition = job_definition(&db, &format!("j{}", 9 - index), &tables[index % 2..]);
        definition.options =
            (0..index).map(|number| (format!("O{number}"), number.to_string())).collect();
        db.save_job(None, &definition, 0).unwrap();
    }
    db.delete(ObjectId::Job(find(&db, "j8").id)).unwrap();
    let all = db.all_jobs().unwrap();
    let names: Vec<&str> = all.iter().map(|job| job.definition.name.as_str()).collect();
    assert_eq!(names, ["j9", "j7", "j6", "j5"]);
    for stored in &all {
        assert_eq!(*stored, find(&db, stored.definition.name.as_str()));
    }
}

#[test]
fn a_list_counts_each_source_once() {
    let db = db();
    table(&db, "c.s.u");
    job(&db, "b", &["c.s.t", "c.s.u", "c.s.v", "c.s.u", "c.s.v"]);
    job(&db, "a", &["c.s.t"]);
    let rows = db.list_jobs(None).unwrap().rows;
    let sources: Vec<_> = rows.iter().map(|row| (row[0].clone(), row[3].clone())).collect();
    assert_eq!(sources, [("a".into(), 0.into()), ("b".into(), 2.into())]);
    assert_eq!(db.list_jobs(Some("B%")).unwrap().rows.len(), 1);
}
