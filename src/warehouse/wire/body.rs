//! The contents of a message, read from front to back and never beyond their end.

use std::borrow::Cow;

/// The rest of a message. Each reader returns None if the message is too short.
#[derive(Clone, Copy, Debug)]
pub(in crate::warehouse) struct Body<'a> {
    rest: &'a [u8],
}

impl<'a> Body<'a> {
    pub fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub fn int16(&mut self) -> Option<i16> {
        self.array().map(i16::from_be_bytes)
    }

    pub fn int32(&mut self) -> Option<i32> {
        self.array().map(i32::from_be_bytes)
    }

    pub fn uint32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*array)
    }

    pub fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(bytes)
    }

    /// Bytes with a length of four bytes before them.
    pub fn counted(&mut self) -> Option<&'a [u8]> {
        let count = usize::try_from(self.int32()?).ok()?;
        self.bytes(count)
    }

    /// A text that ends with a NUL. Invalid UTF-8 is replaced.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        self.text_bytes().map(String::from_utf8_lossy)
    }

    /// The bytes of a text that ends with a NUL.
    pub fn text_bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.rest.iter().position(|byte| *byte == 0)?;
        let text = self.bytes(length)?;
        self.byte()?;
        Some(text)
    }

    /// The rest.
    pub fn remainder(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_in_order() {
        let mut body = Body::new(b"\x01\x00\x02\xff\xff\xff\xff\x00\x00\x00\x02abtext\0rest");
        assert_eq!(body.byte(), Some(1));
        assert_eq!(body.int16(), Some(2));
        assert_eq!(body.int32(), Some(-1));
        assert_eq!(body.counted(), Some(&b"ab"[..]));
        assert_eq!(body.text().as_deref(), Some("text"));
        assert_eq!(body.remainder(), b"rest");
        assert!(body.is_empty());
    }

    #[test]
    fn nothing_is_read_beyond_the_end() {
        assert_eq!(Body::new(b"\0\0\0").int32(), None);
        assert_eq!(Body::new(b"\0\0\0\x05abcd").counted(), None);
        assert_eq!(Body::new(b"\xff\xff\xff\xffabcd").counted(), None);
        assert_eq!(Body::new(b"no end").text(), None);
    }
}
