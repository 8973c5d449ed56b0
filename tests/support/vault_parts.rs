//! The encrypted parts of a vault's file, read without the program's own code.

/// The id of each secret, None for the key, with the encrypted bytes.
pub fn read(file: &[u8]) -> Vec<(Option<String>, Vec<u8>)> {
    let mut parts = Vec::new();
    let mut rest = file;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let line = std::str::from_utf8(&rest[..end]).expect("a line of text");
        rest = &rest[end + 1..];
        let words: Vec<&str> = line.split(' ').collect();
        let (id, length) = match words[..] {
            ["key", length] => (None, length),
            ["secret", id, length] => (Some(id.to_owned()), length),
            _ => continue,
        };
        let (part, behind) = rest.split_at(length.parse().expect("a length"));
        parts.push((id, part.to_owned()));
        rest = &behind[1..];
    }
    parts
}
