//! CREATE TABLE with Redshift's attributes, made into one that PostgreSQL takes.
//!
//! DISTSTYLE, DISTKEY, SORTKEY and ENCODE go into a constraint that holds for every row. So they
//! come and go with the table, in its transaction, and the views of views.sql read them.

use serde_json::{Map, Value, json};

use super::lexical::Token;
use super::rewrite::Edit;

/// The places of the parts of a CREATE TABLE.
pub struct CreateTable {
    /// The table's name, without its schema.
    pub name: String,
    /// The words of the column list without its parentheses; None where there is none.
    list: Option<(usize, usize)>,
    /// The first word of what follows, which may be attributes.
    rest: usize,
}

#[derive(Default)]
struct Attributes {
    diststyle: Option<String>,
    distkey: Option<String>,
    sortstyle: Option<String>,
    sortkey: Vec<String>,
    encode: Map<String, Value>,
}

impl CreateTable {
    /// The parts; None where the statement is another one.
    pub fn find(words: &[Token]) -> Option<Self> {
        let mut place = 0;
        for (word, is_needed) in [
            ("CREATE", true),
            ("LOCAL", false),
            ("TEMP", false),
            ("TEMPORARY", false),
            ("TABLE", true),
            ("IF", false),
            ("NOT", false),
            ("EXISTS", false),
        ] {
            let is_there = words.get(place).is_some_and(|token| token.is(word));
            if is_needed && !is_there {
                return None;
            }
            place += usize::from(is_there);
        }
        let mut name = words.get(place)?.name()?;
        place += 1;
        while words.get(place).is_some_and(|token| token.is(".")) {
            name = words.get(place + 1)?.name()?;
            place += 2;
        }
        let list = words.get(place).is_some_and(|token| token.is("(")).then(|| {
            let end = closing(words, place);
            (place + 1, end)
        });
        let rest = list.map_or(place, |(_, end)| (end + 1).min(words.len()));
        Some(Self { name, list, rest })
    }

    /// The words of each part of the column list.
    pub fn columns<'t, 'a>(&self, words: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
        let Some((first, end)) = self.list else {
            return Vec::new();
        };
        let mut parts = Vec::new();
        let mut begin = first;
        let mut depth = 0_usize;
        for place in first..end {
            if words[place].is("(") {
                depth += 1;
            } else if words[place].is(")") {
                depth = depth.saturating_sub(1);
            } else if words[place].is(",") && depth == 0 {
                parts.push(&words[begin..place]);
                begin = place + 1;
            }
        }
        parts.push(&words[begin..end]);
        parts
    }

    /// The edits that PostgreSQL needs.
    pub fn edits(&self, words: &[Token]) -> Vec<Edit> {
        let mut edits = Vec::new();
        let mut attributes = Attributes::default();
        let mut is_copy = false;
        for column in self.columns(words) {
            if column.first().is_some_and(|word| word.is("LIKE")) {
                is_copy = true;
                edits.push(Edit::after(&column[column.len() - 1], " INCLUDING CONSTRAINTS"));
            } else {
                attributes.take_column(column, &mut edits);
            }
        }
        let until = words[self.rest..].iter().position(|word| word.is("AS"));
        let until = until.map_or(words.len(), |place| self.rest + place);
        attributes.take_table(&words[self.rest..until], &mut edits);
        let last = self.list.and_then(|(_, end)| words.get(end - 1));
        let is_copy = is_copy || until < words.len();
        if let (Some(last), false, Some(text)) = (last, is_copy, attributes.text()) {
            edits.push(Edit::after(
                last,
                &format!(", CONSTRAINT redshift_attributes CHECK ('{text}' <> '')"),
            ));
        }
        edits
    }
}

impl Attributes {
    fn take_column(&mut self, column: &[Token], edits: &mut Vec<Edit>) {
        let Some(name) = column.first().and_then(Token::name) else {
            return;
        };
        let mut place = 1;
        while let Some(word) = column.get(place) {
            if word.is("ENCODE") && place + 1 < column.len() {
                let encoding = column[place + 1].text.to_ascii_lowercase();
                let encoding = if encoding == "raw" { "none".to_owned() } else { encoding };
                self.encode.insert(name.clone(), Value::String(encoding));
                edits.push(Edit::without(&column[place..place + 2]));
            } else if word.is("DISTKEY") {
                self.distkey = Some(name.clone());
                edits.push(Edit::without(&column[place..=place]));
            } else if word.is("SORTKEY") {
                self.sortkey = vec![name.clone()];
                edits.push(Edit::without(&column[place..=place]));
            } else if word.is("IDENTITY") && column.get(place + 1).is_some_and(|next| next.is("("))
            {
                identity(column, place, edits);
            }
            place += 1;
        }
    }

    fn take_table(&mut self, words: &[Token], edits: &mut Vec<Edit>) {
        let mut place = 0;
        while place < words.len() {
            let begin = place;
            let word = &words[place];
            if word.is("BACKUP") || word.is("ENCODE") {
                place += 2;
            } else if word.is("DISTSTYLE") {
                self.diststyle = words.get(place + 1).map(|style| style.text.to_ascii_uppercase());
                place += 2;
            } else if word.is("COMPOUND") || word.is("INTERLEAVED") {
                self.sortstyle = Some(word.text.to_ascii_lowercase());
                place += 1;
            } else if word.is("DISTKEY") || word.is("SORTKEY") {
                place = self.take_key(words, place);
            } else {
                return;
            }
            edits.push(Edit::without(&words[begin..place.min(words.len())]));
        }
    }

    fn take_key(&mut self, words: &[Token], place: usize) -> usize {
        if !words.get(place + 1).is_some_and(|next| next.is("(")) {
            return place + 2;
        }
        let end = closing(words, place + 1);
        let mut names: Vec<_> = words[place + 2..end].iter().filter_map(Token::name).collect();
        if words[place].is("DISTKEY") {
            self.distkey = names.pop();
        } else {
            self.sortkey = names;
        }
        end + 1
    }

    /// As JSON; None where there is nothing to keep.
    fn text(&self) -> Option<String> {
        let style = self.diststyle.clone().or(self.distkey.as_ref().map(|_| "KEY".to_owned()));
        if style.is_none() && self.sortkey.is_empty() && self.encode.is_empty() {
            return None;
        }
        let value = json!({
            "diststyle": style,
            "distkey": self.distkey,
            "sortstyle": self.sortstyle,
            "sortkey": self.sortkey,
            "encode": self.encode,
        });
        Some(value.to_string().replace('\\', "\\\\").replace('\'', "''"))
    }
}

/// `IDENTITY (1, 2)`, also behind GENERATED BY DEFAULT AS.
fn identity(column: &[Token], place: usize, edits: &mut Vec<Edit>) {
    let end = closing(column, place + 1);
    let numbers: Vec<_> = column[place + 2..end].iter().map(|word| word.text).collect();
    let numbers = numbers.concat();
    let (seed, step) = numbers.split_once(',').unwrap_or((&numbers, "1"));
    let generated = if column[..place].last().is_some_and(|word| word.is("AS")) {
        ""
    } else {
        "GENERATED ALWAYS AS "
    };
    let text = format!(
        "{generated}IDENTITY (START {seed} INCREMENT {step} MINVALUE -9223372036854775808)"
    );
    edits.push(Edit::replace(&column[place..=end.min(column.len() - 1)], &text));
}

/// The word that closes the parenthesis at this one; the last where none does.
pub fn closing(words: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (place, word) in words.iter().enumerate().skip(open) {
        if word.is("(") {
            depth += 1;
        } else if word.is(")") {
            depth -= 1;
            if depth == 0 {
                return place;
            }
        }
    }
    words.len().saturating_sub(1)
}
