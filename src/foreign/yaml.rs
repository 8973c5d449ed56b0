//! YAML to a document, with limits: an alias counts as all that it repeats.

use std::collections::{HashMap, HashSet};

use saphyr_parser::{Event, Marker, Parser, ScalarStyle};

use super::MalformedFile;
use super::document::Node;

/// The maximum number of nodes, with those that aliases repeat.
const MAX_NODES: usize = 100_000;

/// The maximum depth of lists and maps in each other.
const MAX_DEPTH: usize = 64;

/// The key whose maps are merged into the one around it.
const MERGE: &str = "<<";

/// Reads the first document of the text.
pub(super) fn parse(text: &str) -> Result<Node, MalformedFile> {
    let mut builder = DocumentBuilder::default();
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| malformed("is not YAML", *error.marker()))?;
        if builder.take(event, span.start)? {
            break;
        }
    }
    Ok(builder.root.unwrap_or(Node::Null))
}

fn malformed(problem: &'static str, place: Marker) -> MalformedFile {
    MalformedFile {
        problem,
        place: Some((place.line(), Some(place.col() + 1))),
    }
}

/// A list or map that has begun.
struct OpenNode {
    anchor: usize,
    node: Node,
    /// The key of a map's entry that has no value yet.
    key: Option<String>,
    /// The number of nodes before it.
    nodes_before: usize,
}

/// Builds a document from the events of the parser.
#[derive(Default)]
struct DocumentBuilder {
    root: Option<Node>,
    open: Vec<OpenNode>,
    /// The nodes with an anchor, and how many each is with those in it.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
}

impl DocumentBuilder {
    /// Takes an event; true at the end of the document.
    fn take(&mut self, event: Event<'_>, place: Marker) -> Result<bool, MalformedFile> {
        match event {
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(true),
            Event::Alias(anchor) => {
                let nodes = self.anchors.get(&anchor).map_or(0, |(_, nodes)| *nodes);
                self.count(nodes, place)?;
                let found = self.anchors.get(&anchor).map(|(node, _)| node.clone());
                let node = found.ok_or(malformed("has an alias within its anchor", place))?;
                self.add(node, place)?;
            }
            Event::Scalar(text, style, anchor, _) => {
                self.count(1, place)?;
                let is_null = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let node = if is_null && !self.awaits_key() {
                    Node::Null
                } else {
                    Node::Text(text.into_owned().into())
                };
                self.finish(node, anchor, 1, place)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(Node::List(Vec::new()), anchor, place)?,
            Event::MappingStart(anchor, _) => self.begin(Node::Map(Vec::new()), anchor, place)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(OpenNode { anchor, mut node, nodes_before, .. }) = self.open.pop() {
                    if let Node::Map(entries) = &mut node {
                        keep_last(entries);
                    }
                    self.finish(node, anchor, self.nodes - nodes_before, place)?;
                }
            }
        }
        Ok(false)
    }

    fn count(&mut self, nodes: usize, place: Marker) -> Result<(), MalformedFile> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(malformed("is too large", place));
        }
        Ok(())
    }

    fn begin(&mut self, node: Node, anchor: usize, place: Marker) -> Result<(), MalformedFile> {
        if self.open.len() == MAX_DEPTH {
            return Err(malformed("is nested too deep", place));
        }
        let nodes_before = self.nodes;
        self.count(1, place)?;
        self.open.push(OpenNode { anchor, node, key: None, nodes_before });
        Ok(())
    }

    /// True if the next scalar is the key of a map.
    fn awaits_key(&self) -> bool {
        let is_key = |open: &OpenNode| matches!(open.node, Node::Map(_)) && open.key.is_none();
        self.open.last().is_some_and(is_key)
    }

    /// Adds a node that is complete, and remembers it by its anchor.
    fn finish(
        &mut self,
        node: Node,
        anchor: usize,
        nodes: usize,
        place: Marker,
    ) -> Result<(), MalformedFile> {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), nodes));
        }
        self.add(node, place)
    }

    /// Adds a node to the one around it.
    fn add(&mut self, node: Node, place: Marker) -> Result<(), MalformedFile> {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.node, open.key.take()) {
            (Node::Map(_), None) => {
                let key = node.as_text().ok_or(malformed("has a key that is no text", place))?;
                open.key = Some(key.to_owned());
            }
            (Node::Map(entries), Some(key)) if key == MERGE => merge(entries, node),
            (Node::Map(entries), Some(key)) => entries.push((key, node)),
            (Node::List(list), _) => list.push(node),
            (Node::Null | Node::Text(_), _) => {}
        }
        Ok(())
    }
}

/// Of entries with equal keys the last counts.
fn keep_last(entries: &mut Vec<(String, Node)>) {
    let mut keys = HashSet::new();
    entries.reverse();
    entries.retain(|(key, _)| keys.insert(key.clone()));
    entries.reverse();
}

/// Puts the entries of a map, or of a list of maps, before those of another one: a key of its own
/// counts more, and an earlier map of the list more than a later one.
fn merge(entries: &mut Vec<(String, Node)>, node: Node) {
    match node {
        Node::Map(merged) => {
            entries.splice(0..0, merged);
        }
        Node::List(maps) => maps.into_iter().for_each(|map| merge(entries, map)),
        Node::Null | Node::Text(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn anchors_and_merges_are_followed() {
        let text = "base: &base {host: h, port: 1}\nother: &other\n  port: 2\n  user: u\n\
                    one:\n  port: 3\n  <<: *base\ntwo:\n  <<: [*base, *other]\nthree: *other\n";
        let node = parse(text).unwrap();
        let value = |key: &str, name: &str| node.get(key).unwrap().text(name).map(str::to_owned);
        assert_eq!(value("one", "host").as_deref(), Some("h"));
        assert_eq!(value("one", "port").as_deref(), Some("3"));
        assert_eq!(value("two", "port").as_deref(), Some("1"));
        assert_eq!(value("two", "user").as_deref(), Some("u"));
        assert_eq!(value("three", "user").as_deref(), Some("u"));
    }

    #[test]
    fn a_text_is_what_is_written_and_the_last_of_equal_keys_counts() {
        let node = parse("a: 0123\nb: 'x''y'\nc: \"\\x41\"\nd: ~\ne:\na: true\n---\nz: 1").unwrap();
        for (key, text) in [("a", "true"), ("b", "x'y"), ("c", "A")] {
            assert_eq!(node.text(key), Some(text));
        }
        assert!(matches!(node.get("d"), Some(Node::Null)));
        assert!(matches!(node.get("e"), Some(Node::Null)));
        assert!(node.get("z").is_none());
        assert!(node.is_true("a"));
        assert!(matches!(parse("").unwrap(), Node::Null));
    }

    #[test]
    fn aliases_that_multiply_are_too_large() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{},", level - 1).repeat(10);
            writeln!(text, "a{level}: &a{level} [{below}]").unwrap();
        }
        assert_eq!(parse(&text).unwrap_err().problem, "is too large");
        let deep = "[".repeat(MAX_DEPTH + 1);
        assert_eq!(parse(&deep).unwrap_err().problem, "is nested too deep");
    }

    #[test]
    fn an_error_has_a_place_and_no_text() {
        for text in ["a: b\n  S3cret: [", "a: *S3cret\n", "? [S3cret]\n: b\n", "a: &x [*x]\n"] {
            let error = parse(text).unwrap_err();
            assert!(error.place.is_some(), "{text}");
            assert!(!format!("{error:?} {error}").contains("S3cret"), "{text}");
        }
    }
}
