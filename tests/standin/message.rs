//! Messages of the PostgreSQL protocol, version 3: a tag, a length, a body.

use std::io::{self, Read, Write};

/// The most that a message may have: what Redshift takes for a statement is 16 MB.
const LENGTH_LIMIT: u32 = 1 << 28;

/// One message.
pub struct Message {
    /// The tag; 0 for the first message of a client, which has none.
    pub tag: u8,
    /// All after the length.
    pub body: Vec<u8>,
}

impl Message {
    /// A message with this body.
    pub fn new(tag: u8, body: impl Into<Vec<u8>>) -> Self {
        Self { tag, body: body.into() }
    }

    /// A simple query.
    pub fn query(sql: &str) -> Self {
        Self::new(b'Q', strings(&[sql]))
    }

    /// Reads a message with a tag; None at the end of the stream.
    pub fn read(stream: &mut impl Read) -> io::Result<Option<Self>> {
        let mut tag = [0];
        if stream.read(&mut tag)? == 0 {
            return Ok(None);
        }
        let body = read_body(stream)?;
        Ok(Some(Self { tag: tag[0], body }))
    }

    /// Reads the message without a tag that a client begins with; None at the end of the stream.
    pub fn read_first(stream: &mut impl Read) -> io::Result<Option<Self>> {
        match read_body(stream) {
            Ok(body) => Ok(Some(Self { tag: 0, body })),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.body.len() + 5);
        if self.tag != 0 {
            bytes.push(self.tag);
        }
        let length = u32::try_from(self.body.len() + 4).expect("a message has less than 4 GB");
        bytes.extend(length.to_be_bytes());
        bytes.extend(&self.body);
        bytes
    }

    /// Writes it, in one piece.
    pub fn write(&self, stream: &mut impl Write) -> io::Result<()> {
        stream.write_all(&self.bytes())
    }

    /// The number of four bytes at this place of the body.
    pub fn number_at(&self, place: usize) -> Option<u32> {
        let bytes = self.body.get(place..place + 4)?;
        Some(u32::from_be_bytes(bytes.try_into().ok()?))
    }

    /// The strings of the body from this place on, each with its end; what stands behind the last
    /// is left out.
    pub fn strings_from(&self, place: usize) -> Vec<String> {
        let rest = self.body.get(place..).unwrap_or_default();
        let mut strings: Vec<_> = rest.split(|byte| *byte == 0).map(text).collect();
        strings.pop();
        strings
    }
}

/// An error or a notice, by its fields.
#[derive(Clone, Debug)]
pub struct Report {
    fields: Vec<(u8, String)>,
}

impl Report {
    /// A new one.
    pub fn new(severity: &str, sqlstate: &str, message: &str) -> Self {
        let fields = [(b'S', severity), (b'C', sqlstate), (b'M', message)];
        Self {
            fields: fields.map(|(code, value)| (code, value.to_owned())).to_vec(),
        }
    }

    /// The content of a server's message.
    pub fn parse(message: &Message) -> Self {
        let fields = message.body.split(|byte| *byte == 0);
        let fields = fields.filter_map(|field| Some((*field.first()?, text(&field[1..]))));
        Self { fields: fields.collect() }
    }

    /// The value of a field; empty where it is not there.
    pub fn get(&self, code: u8) -> &str {
        let found = self.fields.iter().find(|(other, _)| *other == code);
        found.map_or("", |(_, value)| value)
    }

    /// The same with this field.
    pub fn with(mut self, code: u8, value: impl Into<String>) -> Self {
        self.fields.retain(|(other, _)| *other != code);
        self.fields.push((code, value.into()));
        self
    }

    /// The same without the fields of these codes.
    pub fn without(mut self, codes: &[u8]) -> Self {
        self.fields.retain(|(code, _)| !codes.contains(code));
        self
    }

    /// The message of this tag: `E` for an error, `N` for a notice.
    pub fn message(&self, tag: u8) -> Message {
        let mut body = Vec::new();
        for (code, value) in &self.fields {
            body.push(*code);
            body.extend(strings(&[value]));
        }
        body.push(0);
        Message { tag, body }
    }
}

/// The strings, each with the zero behind it.
pub fn strings(values: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for value in values {
        bytes.extend(value.as_bytes());
        bytes.push(0);
    }
    bytes
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read_body(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if !(4..LENGTH_LIMIT).contains(&length) {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "the length of a message"));
    }
    let mut body = vec![0; length as usize - 4];
    stream.read_exact(&mut body)?;
    Ok(body)
}
