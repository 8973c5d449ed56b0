//! Making the catalog what a file describes, in one transaction.

use super::diff::{Action, Change, Difference, Wanted};
use super::passwords::Passwords;
use super::{Comparison, Described, Misfit, Prune, changes};
use crate::error::{Error, PasswordError};
use crate::executor::drop::Droppable;
use crate::executor::secrets::catalog_error;
use crate::executor::table::{RECORDED, RECORDED_OF_SEVERAL};
use crate::executor::{Executor, NO_CHANGE, Notice, Outcome};
use crate::name::{ConnectionName, JobName, Object, ObjectName, TableName};

/// The command tag.
const TAG: &str = "APPLY";

impl Executor {
    /// Makes the catalog what the file describes; what the file lacks goes only where it is to be
    /// pruned. Objects that are altered keep their identities, and with them what depends on them.
    pub fn apply(&mut self, described: &[Described], prune: Prune) -> Result<Outcome, Misfit> {
        let mut outcome = Outcome::done(TAG);
        let mut compared = self.compare(described, prune, &mut outcome)?;
        let kept = compared.changes.iter().filter(|change| stays(change, prune)).count();
        outcome.notices.extend(notice_of_kept(kept));
        if kept == compared.changes.len() {
            outcome.tag = Some(NO_CHANGE);
            return Ok(self.marked(outcome));
        }
        self.get_ready(described, &mut compared, &mut outcome)?;
        self.change(&mut outcome, |executor, outcome| {
            executor.carry_out(&compared.wanted, &compared.passwords, prune, outcome)
        })?;
        Ok(self.marked(outcome))
    }

    /// Asks for what has to be asked, before the catalog is locked.
    fn get_ready(
        &mut self,
        described: &[Described],
        compared: &mut Comparison,
        outcome: &mut Outcome,
    ) -> Result<(), Misfit> {
        self.reader()?.check_writable().map_err(catalog_error)?;
        let mut needs_store = false;
        for change in &compared.changes {
            let Object::Connection(name) = &change.object else {
                continue;
            };
            let is_new = change.action == Action::Create;
            if is_new && !compared.passwords.given.contains_key(name) {
                let password = self.ask_for(described, name, outcome)?;
                compared.passwords.given.insert(name.clone(), password);
            }
            needs_store |= is_new || changes_password(change);
        }
        if needs_store {
            let catalog_id = self.reader()?.catalog_id().to_owned();
            self.secrets.prepare(&catalog_id)?;
        }
        Ok(())
    }

    fn ask_for(
        &mut self,
        described: &[Described],
        name: &ConnectionName,
        outcome: &mut Outcome,
    ) -> Result<secrecy::SecretString, Misfit> {
        for (index, described) in described.iter().enumerate() {
            if let Described::Connection(create) = described
                && create.name == *name
            {
                return self.read_password(create, outcome).map_err(Misfit::of(index));
            }
        }
        Err(Error::new(PasswordError::Missing).into())
    }

    /// The changes as of now: another process may have come first.
    fn carry_out(
        &mut self,
        wanted: &Wanted,
        passwords: &Passwords,
        prune: Prune,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let contents = self.changing()?.contents().map_err(catalog_error)?;
        let mut tables = 0_usize;
        for change in changes(wanted, &contents, passwords) {
            if stays(&change, prune) {
                continue;
            }
            let consequence = match change.action {
                Action::Create | Action::Alter => self.make(&change, wanted, passwords)?,
                Action::Drop => self.drop_described(&change.object)?,
            };
            let done = match change.action {
                Action::Create => "created",
                Action::Alter => "altered",
                Action::Drop => "dropped",
            };
            outcome.notices.push(Notice::new(format!("{done} {}", change.object)));
            outcome.notices.extend(consequence);
            tables += usize::from(matches!(change.object, Object::Table(_)));
        }
        match tables {
            0 => {}
            1 => outcome.notices.push(Notice::new(RECORDED)),
            _ => outcome.notices.push(Notice::new(RECORDED_OF_SEVERAL)),
        }
        Ok(())
    }

    fn make(
        &mut self,
        change: &Change,
        wanted: &Wanted,
        passwords: &Passwords,
    ) -> Result<Option<Notice>, Error> {
        match &change.object {
            Object::Connection(name) => self.make_connection(change, name, wanted, passwords),
            Object::Table(name) => self.make_table(name, wanted).map(|()| None),
            Object::Job(name) => self.make_job(name, wanted).map(|()| None),
        }
    }

    fn make_connection(
        &mut self,
        change: &Change,
        name: &ConnectionName,
        wanted: &Wanted,
        passwords: &Passwords,
    ) -> Result<Option<Notice>, Error> {
        let Some(mut definition) = wanted.connections.get(name).cloned() else {
            return Ok(None);
        };
        let found = self.changing()?.find_connection(name).map_err(catalog_error)?;
        if let Some(found) = &found {
            definition.secret = found.definition.secret.clone();
        }
        if found.is_none() || changes_password(change) {
            // One that was there, and that another process has dropped since nobody was asked for
            // its password.
            let Some(password) = passwords.given.get(name) else {
                return Err(self.no_such_connection(name, None));
            };
            if found.is_some() {
                self.secrets.remove(&definition.secret);
            }
            self.add_secret(&mut definition, password.clone())?;
        }
        let (db, now) = (self.changing()?, self.now());
        match found {
            None => db.insert_connection(&definition, now).map_err(catalog_error).map(|()| None),
            Some(found) => {
                db.update_connection(found.id, &definition, now).map_err(catalog_error)?;
                self.moved(&found, &definition)
            }
        }
    }

    fn make_table(&mut self, name: &TableName, wanted: &Wanted) -> Result<(), Error> {
        let Some(definition) = wanted.tables.get(name) else {
            return Ok(());
        };
        let connection_id = self.id_of_connection(&name.connection)?;
        let (db, now) = (self.changing()?, self.now());
        match db.find_table_id(name).map_err(catalog_error)? {
            None => db.insert_table(connection_id, definition, now).map(|_| ()),
            Some(id) => db.update_table(id, definition, now),
        }
        .map_err(catalog_error)
    }

    fn make_job(&mut self, name: &JobName, wanted: &Wanted) -> Result<(), Error> {
        let Some(mut definition) = wanted.jobs.get(name).cloned() else {
            return Ok(());
        };
        for reference in &mut definition.references {
            reference.connection_id = self.id_of_connection(&reference.name.connection)?;
        }
        let (db, now) = (self.changing()?, self.now());
        match db.find_job_id(name).map_err(catalog_error)? {
            None => db.insert_job(&definition, now).map(|_| ()),
            Some(id) => db.update_job(id, &definition, now),
        }
        .map_err(catalog_error)
    }

    fn id_of_connection(&mut self, name: &ConnectionName) -> Result<i64, Error> {
        match self.changing()?.find_connection_id(name).map_err(catalog_error)? {
            Some(id) => Ok(id),
            None => Err(self.no_such_connection(name, None)),
        }
    }

    fn drop_described(&mut self, object: &Object) -> Result<Option<Notice>, Error> {
        match object {
            Object::Connection(name) => self.drop_one(name),
            Object::Table(name) => {
                if let Some(id) = self.changing()?.find_table_id(name).map_err(catalog_error)? {
                    // A job of the file may name a table that the file does not describe.
                    self.changing()?.release_references(id).map_err(catalog_error)?;
                }
                self.drop_one(name)
            }
            Object::Job(name) => self.drop_one(name),
        }
    }

    fn drop_one<N: Droppable + ObjectName>(&mut self, name: &N) -> Result<Option<Notice>, Error> {
        if let Some(id) = name.find_id(self.changing()?).map_err(catalog_error)? {
            name.delete(id, self)?;
        }
        Ok(None)
    }
}

fn stays(change: &Change, prune: Prune) -> bool {
    change.action == Action::Drop && prune == Prune::No
}

fn changes_password(change: &Change) -> bool {
    let is_password = |difference: &Difference| matches!(difference, Difference::Password(_));
    change.differences.iter().any(is_password)
}

fn notice_of_kept(kept: usize) -> Option<Notice> {
    let text = match kept {
        0 => return None,
        1 => "1 object of the catalog is not in the file and stays: --prune drops it".to_owned(),
        _ => format!(
            "{kept} objects of the catalog are not in the file and stay: --prune drops them"
        ),
    };
    Some(Notice::new(text))
}
