//! The syntax of a statement as text.

use super::Item::{
    self, Actions, AnyOrder, DataType, Encoding, Expression, File, Line, List, Name, NewName,
    OneOf, Optional, Query, Row, Settings, Sign, Text, Word,
};
use super::{QueryOf, StatementSyntax};
use crate::sql::option::OptionSpec;

impl StatementSyntax {
    /// The syntax as text, on several lines if the statement is long.
    pub fn synopsis(&self) -> String {
        let mut text = String::new();
        write_items(&mut text, self.items);
        text
    }
}

fn write_items(text: &mut String, items: &[Item]) {
    for item in items {
        let sticks = sticks(item)
            || text.is_empty()
            || text.ends_with(['[', '{', '(', '.', ' '])
            || text.ends_with(".]");
        if !sticks {
            text.push(' ');
        }
        write_item(text, item, items.len() == 1);
    }
}

/// Returns true if no blank comes before the item.
fn sticks(item: &Item) -> bool {
    match item {
        Sign(sign) => matches!(sign, '.' | ')' | ','),
        Optional(items) | Row(items) => items.first().is_some_and(sticks),
        Line => true,
        Word(_) | OneOf(_) | AnyOrder(_) | List(_) | Name(..) | NewName(..) | Text(_) | File
        | Settings(_) | Actions(_) | DataType | Encoding | Expression(_) | Query(_) => false,
    }
}

/// `alone`: the brackets around the item contain nothing else.
fn write_item(text: &mut String, item: &Item, alone: bool) {
    match item {
        Word(word) => text.push_str(word),
        Sign(sign) => text.push(*sign),
        Optional(items) => in_brackets(text, items),
        Row(items) => write_items(text, items),
        OneOf(rows) => {
            text.push_str(if alone { "" } else { "{" });
            let is_long = rows.iter().flat_map(|row| *row).any(|item| matches!(item, Line));
            for (index, row) in rows.iter().enumerate() {
                text.push_str(match index {
                    0 => "",
                    _ if is_long => "\n    | ",
                    _ => " | ",
                });
                write_items(text, without_line(row));
            }
            text.push_str(if alone { "" } else { "}" });
        }
        AnyOrder(rows) => {
            for (index, row) in rows.iter().enumerate() {
                let begins_line = matches!(row.first(), Some(Line));
                text.push_str(match index {
                    0 => "",
                    _ if begins_line => "\n    ",
                    _ => " ",
                });
                in_brackets(text, without_line(row));
            }
        }
        List(items) => {
            let choice = matches!(items, [OneOf(_)]);
            text.push_str(if choice { "{" } else { "" });
            write_items(text, items);
            text.push_str(if choice { "} [, …]" } else { " [, …]" });
        }
        Name(_, what) | NewName(_, what) | Text(what) | Expression(what) => text.push_str(what),
        File => text.push_str("'file'"),
        Settings([only]) => text.push_str(&setting(only)),
        Settings(_) => text.push_str("option = value …"),
        Actions([only]) => {
            text.push_str("{SET ");
            text.push_str(&setting(only));
            text.extend([" | RESET ", only.name, " | RENAME TO name} …"]);
        }
        Actions(_) => {
            text.push_str("{SET option = value [[,] …] | RESET option | RENAME TO name} …");
        }
        DataType => text.push_str("type"),
        Encoding => text.push_str("encoding"),
        Query(QueryOf::Catalog) => text.push_str("{SELECT | WITH} …"),
        Query(QueryOf::Warehouse) => text.push_str("query"),
        Line => text.push_str("\n    "),
    }
}

/// The row without the line break in front of it.
fn without_line(row: &[Item]) -> &[Item] {
    match row {
        [Line, rest @ ..] => rest,
        row => row,
    }
}

fn in_brackets(text: &mut String, items: &[Item]) {
    text.push('[');
    write_items(text, items);
    text.push(']');
}

fn setting(option: &OptionSpec) -> String {
    format!("{} = '…'", option.name)
}

#[cfg(test)]
mod tests {
    use super::super::statements_named;

    fn synopsis(words: &str) -> String {
        statements_named(words)[0].synopsis()
    }

    #[test]
    fn the_synopsis_reads_as_in_the_reference() {
        assert_eq!(
            synopsis("DROP CONNECTION"),
            "DROP [REDSHIFT] CONNECTION [IF EXISTS] name [, …] [CASCADE | RESTRICT]"
        );
        assert_eq!(
            synopsis("SHOW TABLES"),
            "SHOW TABLES [IN connection[.schema]] [LIKE 'pattern']"
        );
        assert_eq!(
            synopsis("ALTER TABLE"),
            "ALTER TABLE connection.schema.table {{SET COMMENT = '…' | RESET COMMENT | RENAME TO name} …\n    \
             | {ADD COLUMN column type [DEFAULT expression] [NOT NULL] [ENCODE encoding] \
             [COLLATE {CASE_SENSITIVE | CASE_INSENSITIVE}] [COMMENT = '…']\n    \
             | ADD [CONSTRAINT name] {{PRIMARY KEY | UNIQUE} (column [, …]) \
             | FOREIGN KEY (column [, …]) REFERENCES schema.table [(column [, …])]}\n    \
             | DROP {COLUMN | CONSTRAINT} name [CASCADE | RESTRICT]\n    \
             | RENAME COLUMN column TO name\n    \
             | ALTER COLUMN column {TYPE type | ENCODE encoding}\n    \
             | ALTER DISTKEY column\n    \
             | ALTER DISTSTYLE {AUTO | EVEN | ALL | KEY DISTKEY column}\n    \
             | ALTER [COMPOUND] SORTKEY {(column [, …]) | AUTO | NONE}\n    \
             | ALTER ENCODE AUTO} [, …]}"
        );
    }

    #[test]
    fn a_long_synopsis_has_several_lines() {
        assert_eq!(
            synopsis("CREATE TABLE"),
            "CREATE TABLE [IF NOT EXISTS] connection.schema.table\n    \
             ([{column type [DEFAULT expression] [[GENERATED BY DEFAULT AS] IDENTITY (seed, step)]\n    \
             [NOT NULL] [ENCODE encoding] [DISTKEY] [SORTKEY] [COLLATE {CASE_SENSITIVE | CASE_INSENSITIVE}]\n    \
             [UNIQUE] [PRIMARY KEY] [REFERENCES schema.table [(column [, …])]] [COMMENT = '…']\n    \
             | [CONSTRAINT name] {{PRIMARY KEY | UNIQUE} (column [, …]) \
             | FOREIGN KEY (column [, …]) REFERENCES schema.table [(column [, …])]}\n    \
             | LIKE connection.schema.table [{INCLUDING | EXCLUDING} DEFAULTS]} [, …]])\n    \
             [BACKUP {YES | NO}] [DISTSTYLE {AUTO | EVEN | KEY | ALL}] [DISTKEY (column)]\n    \
             [[COMPOUND | INTERLEAVED] SORTKEY (column [, …])] [SORTKEY AUTO] [ENCODE AUTO] [COMMENT = '…']"
        );
    }
}
