//! Statements of a warehouse that remove, change or grant something, read from their words: the
//! objects that they name, and what becomes of them. Whatever is not read here is not judged.

use std::ops::Range;

use super::dialect::Dialect;
use super::token::{Token, TokenList, code_tokens};

/// A statement that removes, changes or grants something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarehouseStatement {
    /// PostgreSQL's command tag: `DROP TABLE`.
    pub tag: String,
    /// The effect on its objects.
    pub effect: Effect,
    /// The kind of its objects.
    pub kind: NamedKind,
    /// Its objects.
    pub objects: Vec<NamedObject>,
}

/// The effect of a statement on its objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The object, its name, its rows or one of its columns goes.
    Removes,
    /// Every row is deleted or updated, since there is no WHERE.
    EveryRow,
    /// Something else about it changes.
    Changes,
}

/// The kind of the objects that a statement names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedKind {
    /// Tables and views.
    Relation,
    /// Schemas with all that is in them.
    Schema,
    /// Databases with all that is in them.
    Database,
    /// Any other object.
    Other,
}

/// A name in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedObject {
    /// The parts, with bare words in lower case.
    pub parts: Vec<String>,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

impl NamedObject {
    /// The parts with points between them.
    pub fn joined(&self) -> String {
        self.parts.join(".")
    }
}

impl WarehouseStatement {
    /// Reads one statement. None: it does none of this, or cannot be read.
    pub fn read(text: &str, dialect: Dialect) -> Option<Self> {
        let tokens = code_tokens(text, dialect);
        let mut reader = StatementReader {
            list: TokenList { source: text, tokens: &tokens },
            at: 0,
        };
        reader.statement()
    }
}

/// Reads the tokens of one statement in order.
struct StatementReader<'a> {
    list: TokenList<'a, 'a>,
    at: usize,
}

impl StatementReader<'_> {
    /// Passes the word if it comes next.
    fn pass(&mut self, word: &str) -> bool {
        let is_next = self.list.is_word(self.at, word);
        self.at += usize::from(is_next);
        is_next
    }

    /// Passes the words if they come next.
    fn pass_all(&mut self, words: &[&str]) -> bool {
        let start = self.at;
        let passed = words.iter().all(|word| self.pass(word));
        if !passed {
            self.at = start;
        }
        passed
    }

    /// Passes a symbol if it comes next.
    fn pass_symbol(&mut self, symbol: char) -> bool {
        let is_next = self.list.is_symbol(self.at, symbol);
        self.at += usize::from(is_next);
        is_next
    }

    fn next_is_one_of(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.list.is_word(self.at, word))
    }

    /// The next word in capitals.
    fn word(&mut self) -> Option<String> {
        let token = self.list.get(self.at).filter(|token| token.is_name())?;
        self.at += 1;
        Some(token.text(self.list.source).to_ascii_uppercase())
    }

    /// The next name.
    fn name(&mut self) -> Option<NamedObject> {
        let path = self.list.path_at(self.at);
        let (first, last) = (path.first()?, path.last()?);
        let parts = path.iter().map(|part| self.folded(part)).collect();
        let span = first.span.start..last.span.end;
        self.at += path.len() * 2 - 1;
        Some(NamedObject { parts, span })
    }

    fn folded(&self, part: &Token) -> String {
        if part.span.len() == part.unquoted(self.list.source).len() {
            part.text(self.list.source).to_ascii_lowercase()
        } else {
            part.unquoted(self.list.source).into_owned()
        }
    }

    /// The next names, with commas between them; each may have ONLY before it and `*` behind it.
    fn names(&mut self) -> Vec<NamedObject> {
        let mut names = Vec::new();
        loop {
            self.pass("ONLY");
            names.extend(self.name());
            self.pass_symbol('*');
            if !self.pass_symbol(',') {
                return names;
            }
        }
    }

    fn statement(&mut self) -> Option<WarehouseStatement> {
        match self.word()?.as_str() {
            "DROP" => Some(self.drop_objects()),
            "TRUNCATE" => {
                self.pass("TABLE");
                let objects = self.names();
                Some(relation("TRUNCATE TABLE", Effect::Removes, objects))
            }
            "ALTER" => Some(self.alter()),
            word @ ("GRANT" | "REVOKE") => Some(self.grant(word)),
            "EXPLAIN" if !self.analyzes() => None,
            "DELETE" | "UPDATE" | "WITH" | "PREPARE" | "EXPLAIN" => self.every_row(),
            _ => None,
        }
    }

    /// The kind of object behind DROP or ALTER, and its words.
    fn kind(&mut self) -> (NamedKind, String) {
        for (words, kind) in [
            (&["TABLE"][..], NamedKind::Relation),
            (&["VIEW"], NamedKind::Relation),
            (&["MATERIALIZED", "VIEW"], NamedKind::Relation),
            (&["EXTERNAL", "TABLE"], NamedKind::Relation),
            (&["FOREIGN", "TABLE"], NamedKind::Relation),
            (&["SCHEMA"], NamedKind::Schema),
            (&["DATABASE"], NamedKind::Database),
        ] {
            if self.pass_all(words) {
                return (kind, words.join(" "));
            }
        }
        (NamedKind::Other, self.word().unwrap_or_default())
    }

    fn drop_objects(&mut self) -> WarehouseStatement {
        let (kind, words) = self.kind();
        self.pass_all(&["IF", "EXISTS"]);
        WarehouseStatement {
            tag: format!("DROP {words}"),
            effect: Effect::Removes,
            kind,
            objects: self.names(),
        }
    }

    fn alter(&mut self) -> WarehouseStatement {
        let (kind, words) = self.kind();
        self.pass_all(&["IF", "EXISTS"]);
        self.pass("ONLY");
        let mut objects: Vec<NamedObject> = self.name().into_iter().collect();
        self.pass_symbol('*');
        let mut effect = Effect::Changes;
        if self.pass_all(&["APPEND", "FROM"]) {
            // The rows move, so it is the other table that is emptied.
            objects = self.name().into_iter().collect();
            effect = Effect::Removes;
        }
        while self.at < self.list.tokens.len() {
            if self.action_removes() {
                effect = Effect::Removes;
            }
            self.pass_action();
        }
        WarehouseStatement {
            tag: format!("ALTER {words}"),
            effect,
            kind,
            objects,
        }
    }

    /// True if an action of ALTER takes away a name or a column. Constraints, partitions and
    /// defaults are neither.
    fn action_removes(&mut self) -> bool {
        if self.pass("RENAME") || self.pass("DROP") {
            return !self.next_is_one_of(&["CONSTRAINT", "PARTITION", "PRIMARY", "EXPRESSION"]);
        }
        self.pass_all(&["SET", "SCHEMA"])
    }

    /// Goes behind the next comma that is in no parentheses, or to the end.
    fn pass_action(&mut self) {
        while self.at < self.list.tokens.len() {
            if self.pass_symbol(',') {
                return;
            }
            self.at += 1;
            if self.list.is_symbol(self.at - 1, '(') {
                self.at = self.list.end_of_group(self.at) + 1;
            }
        }
    }

    fn grant(&mut self, word: &str) -> WarehouseStatement {
        while self.at < self.list.tokens.len() && !self.pass("ON") {
            self.at += 1;
        }
        if self.pass("ALL") {
            // ALL TABLES IN SCHEMA
            self.at += 3;
        } else if self.next_is_one_of(&["TABLE", "SCHEMA", "DATABASE", "FUNCTION", "PROCEDURE"]) {
            self.at += 1;
        }
        WarehouseStatement {
            tag: word.to_owned(),
            effect: Effect::Changes,
            kind: NamedKind::Other,
            objects: self.names(),
        }
    }

    /// True for EXPLAIN ANALYZE, which runs its statement.
    fn analyzes(&self) -> bool {
        let words = self.at..self.list.end_of_group(self.at + 1);
        let is_list = self.list.is_symbol(self.at, '(');
        self.next_is_one_of(&["ANALYZE", "ANALYSE"])
            || (is_list && words.into_iter().any(|index| self.list.is_word(index, "ANALYZE")))
    }

    /// The first DELETE or UPDATE without a WHERE of its own, also in a WITH.
    fn every_row(&mut self) -> Option<WarehouseStatement> {
        for index in 0..self.list.tokens.len() {
            let is_delete = self.list.is_word(index, "DELETE");
            if !is_delete && !self.list.is_word(index, "UPDATE") {
                continue;
            }
            if index > 0 && !self.may_begin(index) {
                continue;
            }
            let end = self.list.end_of_group(index);
            if self.has_where(index..end) {
                continue;
            }
            self.at = index + 1;
            self.pass("FROM");
            self.pass("ONLY");
            let objects = self.name().into_iter().collect();
            let tag = if is_delete { "DELETE" } else { "UPDATE" };
            return Some(relation(tag, Effect::EveryRow, objects));
        }
        None
    }

    /// True if a statement may begin at the token: FOR UPDATE, ON DELETE and names are none.
    fn may_begin(&self, index: usize) -> bool {
        let before = index - 1;
        let words = ["AS", "ANALYZE", "ANALYSE", "VERBOSE"];
        let is_statement = self.list.is_name(index + 1)
            && !self.list.is_word(index + 1, "AS")
            && !self.list.is_symbol(index + 1, ',');
        is_statement
            && (self.list.is_symbol(before, '(')
                || self.list.is_symbol(before, ')')
                || words.iter().any(|word| self.list.is_word(before, word)))
    }

    /// True if WHERE stands among the tokens, outside of parentheses.
    fn has_where(&self, range: Range<usize>) -> bool {
        let mut depth = 0_usize;
        range.into_iter().any(|index| {
            depth += usize::from(self.list.is_symbol(index, '('));
            depth = depth.saturating_sub(usize::from(self.list.is_symbol(index, ')')));
            depth == 0 && self.list.is_word(index, "WHERE")
        })
    }
}

fn relation(tag: &str, effect: Effect, objects: Vec<NamedObject>) -> WarehouseStatement {
    WarehouseStatement {
        tag: tag.to_owned(),
        effect,
        kind: NamedKind::Relation,
        objects,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIALECT: Dialect = Dialect::Warehouse { backslash_escapes: false };

    fn read(text: &str) -> Option<(String, Effect, String)> {
        let statement = WarehouseStatement::read(text, DIALECT)?;
        let names: Vec<String> = statement.objects.iter().map(NamedObject::joined).collect();
        Some((statement.tag, statement.effect, names.join(" ")))
    }

    fn check(cases: &[(&str, &str, &str)], effect: Effect) {
        for (text, tag, names) in cases {
            let expected = Some(((*tag).to_owned(), effect, (*names).to_owned()));
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn names_rows_and_columns_that_go_are_read() {
        check(
            &[
                ("DROP TABLE a", "DROP TABLE", "a"),
                ("/* x */ drop table if exists A.\"B c\" , d CASCADE;", "DROP TABLE", "a.B c d"),
                ("DROP -- x\n MATERIALIZED VIEW db.s.v", "DROP MATERIALIZED VIEW", "db.s.v"),
                ("DROP SCHEMA IF EXISTS a, b CASCADE", "DROP SCHEMA", "a b"),
                ("DROP DATABASE d", "DROP DATABASE", "d"),
                ("DROP FUNCTION f(int)", "DROP FUNCTION", "f"),
                ("TRUNCATE t", "TRUNCATE TABLE", "t"),
                ("truncate table only a.b *, c RESTART IDENTITY", "TRUNCATE TABLE", "a.b c"),
                ("ALTER TABLE t RENAME TO u", "ALTER TABLE", "t"),
                ("ALTER TABLE IF EXISTS ONLY s.t RENAME COLUMN a TO b", "ALTER TABLE", "s.t"),
                ("ALTER TABLE t RENAME a TO b", "ALTER TABLE", "t"),
                ("ALTER TABLE t ADD a numeric(3, 2), DROP COLUMN b", "ALTER TABLE", "t"),
                ("ALTER TABLE t DROP b CASCADE", "ALTER TABLE", "t"),
                ("ALTER TABLE t SET SCHEMA s", "ALTER TABLE", "t"),
                ("ALTER TABLE t APPEND FROM s.u FILLTARGET", "ALTER TABLE", "s.u"),
                ("ALTER SCHEMA s RENAME TO t", "ALTER SCHEMA", "s"),
                ("ALTER VIEW v RENAME TO w", "ALTER VIEW", "v"),
            ],
            Effect::Removes,
        );
    }

    #[test]
    fn other_changes_are_read_as_such() {
        check(
            &[
                ("ALTER TABLE t ADD COLUMN a int", "ALTER TABLE", "t"),
                ("ALTER TABLE t DROP CONSTRAINT c", "ALTER TABLE", "t"),
                ("ALTER TABLE t ALTER COLUMN a DROP DEFAULT", "ALTER TABLE", "t"),
                ("ALTER TABLE t OWNER TO u", "ALTER TABLE", "t"),
                ("ALTER USER u PASSWORD 'x'", "ALTER USER", "u"),
                ("GRANT SELECT (a, b), INSERT ON TABLE s.t TO u", "GRANT", "s.t"),
                ("REVOKE ALL ON SCHEMA s FROM u", "REVOKE", "s"),
                ("GRANT SELECT ON ALL TABLES IN SCHEMA s TO u", "GRANT", "s"),
            ],
            Effect::Changes,
        );
    }

    #[test]
    fn a_delete_or_update_without_where_is_for_every_row() {
        check(
            &[
                ("DELETE FROM a.b", "DELETE", "a.b"),
                ("delete t using u", "DELETE", "t"),
                ("UPDATE t SET a = (SELECT 1 FROM u WHERE true)", "UPDATE", "t"),
                ("WITH x AS (SELECT 1 WHERE true) DELETE FROM t", "DELETE", "t"),
                ("WITH x AS (DELETE FROM t RETURNING a) SELECT * FROM x WHERE a", "DELETE", "t"),
                ("EXPLAIN ANALYZE DELETE FROM t", "DELETE", "t"),
                ("EXPLAIN (VERBOSE, ANALYZE) UPDATE t SET a = 1", "UPDATE", "t"),
                ("PREPARE p AS DELETE FROM t", "DELETE", "t"),
            ],
            Effect::EveryRow,
        );
    }

    #[test]
    fn everything_else_is_none_of_this() {
        for text in [
            "",
            "SELECT 'DROP TABLE t'",
            "SELECT $$DROP TABLE t$$",
            "DELETE FROM t WHERE a = 1",
            "UPDATE t SET a = (SELECT 1) WHERE b",
            "WITH x AS (SELECT 1) DELETE FROM t WHERE a",
            "WITH x AS (SELECT 1 AS update) SELECT \"delete\" FROM x FOR UPDATE",
            "EXPLAIN DELETE FROM t",
            "CREATE TABLE t (a int REFERENCES u ON DELETE CASCADE)",
            "INSERT INTO t SELECT 1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
