//! Rows, of which there may be millions: read in place, without an allocation for each.

use std::ops::ControlFlow;

use super::{Body, Header};
use crate::warehouse::ProtocolError;
use crate::warehouse::ResultSink;

/// The result of [`deliver_rows`].
#[derive(Debug, PartialEq, Eq)]
pub(in crate::warehouse) struct Delivered {
    /// The size of the rows that were read.
    pub bytes: usize,
    /// True if the sink stopped after the last of these rows.
    pub stopped: bool,
}

/// Passes every complete row at the start of the bytes to the sink, with one cell per column.
pub(in crate::warehouse) fn deliver_rows(
    bytes: &[u8],
    limit: usize,
    columns: usize,
    sink: &mut dyn ResultSink,
) -> Result<Delivered, ProtocolError> {
    let mut cells = Vec::with_capacity(columns);
    let mut rest = bytes;
    while let Some(header) = Header::read(rest, limit)? {
        let (b'D', Some(body)) = (header.tag, header.body(rest)) else {
            break;
        };
        rest = &rest[header.bytes..];
        read_cells(body, columns, &mut cells).ok_or(ProtocolError::Malformed { tag: b'D' })?;
        if let ControlFlow::Break(()) = sink.row(&cells) {
            return Ok(Delivered {
                bytes: bytes.len() - rest.len(),
                stopped: true,
            });
        }
    }
    Ok(Delivered {
        bytes: bytes.len() - rest.len(),
        stopped: false,
    })
}

fn read_cells<'a>(body: &'a [u8], columns: usize, cells: &mut Vec<Option<&'a [u8]>>) -> Option<()> {
    cells.clear();
    let mut body = Body::new(body);
    if usize::try_from(body.int16()?) != Ok(columns) {
        return None;
    }
    for _ in 0..columns {
        cells.push(match body.int32()? {
            -1 => None,
            length => Some(body.bytes(usize::try_from(length).ok()?)?),
        });
    }
    body.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::warehouse::{ResultColumn, ServerMessage};

    /// A sink that keeps the rows, and stops after a given number.
    struct Rows {
        rows: Vec<Vec<Option<Vec<u8>>>>,
        enough: usize,
    }

    impl ResultSink for Rows {
        fn columns(&mut self, _columns: &[ResultColumn]) -> ControlFlow<()> {
            ControlFlow::Continue(())
        }

        fn row(&mut self, cells: &[Option<&[u8]>]) -> ControlFlow<()> {
            self.rows.push(cells.iter().map(|cell| cell.map(<[u8]>::to_vec)).collect());
            if self.rows.len() == self.enough {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        }

        fn tag(&mut self, _tag: &str) {}

        fn notice(&mut self, _notice: &ServerMessage) {}
    }

    fn message(body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [b"D", &length.to_be_bytes()[..], body].concat()
    }

    fn deliver(
        bytes: &[u8],
        columns: usize,
        enough: usize,
    ) -> (Result<Delivered, ProtocolError>, Rows) {
        let mut sink = Rows { rows: Vec::new(), enough };
        let delivered = deliver_rows(bytes, 1_000, columns, &mut sink);
        (delivered, sink)
    }

    const AB_NULL: &[u8] = b"\0\x02\0\0\0\x02ab\xff\xff\xff\xff";
    const EMPTY_C: &[u8] = b"\0\x02\0\0\0\0\0\0\0\x01c";

    #[test]
    fn whole_rows_are_delivered_and_the_rest_stays() {
        let rows = [message(AB_NULL), message(EMPTY_C)].concat();
        let bytes = [&rows[..], b"D\0\0\0\x20\0\x02"].concat();
        let (delivered, sink) = deliver(&bytes, 2, usize::MAX);
        let (bytes, stopped) = (rows.len(), false);
        assert_eq!(delivered, Ok(Delivered { bytes, stopped }));
        let text = |text: &str| Some(text.as_bytes().to_vec());
        assert_eq!(sink.rows, [vec![text("ab"), None], vec![text(""), text("c")]]);
    }

    #[test]
    fn a_sink_that_stops_gets_no_further_row() {
        let bytes = [message(AB_NULL), message(EMPTY_C)].concat();
        let (delivered, sink) = deliver(&bytes, 2, 1);
        let (bytes, stopped) = (message(AB_NULL).len(), true);
        assert_eq!(delivered, Ok(Delivered { bytes, stopped }));
        assert_eq!(sink.rows.len(), 1);
    }

    #[test]
    fn a_row_that_does_not_fit_its_columns_or_its_length_is_malformed() {
        for body in [
            &b""[..],
            b"\0\x01\0\0\0\x02ab",
            b"\0\x03\0\0\0\x02ab\xff\xff\xff\xff",
            b"\xff\xff",
            b"\0\x02\0\0\0\x09ab\xff\xff\xff\xff",
            b"\0\x02\xff\xff\xff\xfeab\xff\xff\xff\xff",
            b"\0\x02\0\0\0\x02ab\xff\xff\xff\xffx",
        ] {
            let (delivered, sink) = deliver(&message(body), 2, usize::MAX);
            assert_eq!(delivered, Err(ProtocolError::Malformed { tag: b'D' }), "{body:?}");
            assert!(sink.rows.is_empty());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body: Vec<u8>, columns in 0_usize..5) {
            let _ = deliver(&message(&body), columns, usize::MAX);
        }

        #[test]
        fn the_sink_gets_the_rows_that_were_sent(row: Vec<Option<Vec<u8>>>) {
            let mut body = i16::try_from(row.len()).unwrap().to_be_bytes().to_vec();
            for cell in &row {
                let length = cell.as_ref().map_or(-1, |cell| i32::try_from(cell.len()).unwrap());
                body.extend(length.to_be_bytes());
                body.extend(cell.iter().flatten());
            }
            let mut sink = Rows { rows: Vec::new(), enough: usize::MAX };
            deliver_rows(&message(&body), usize::MAX, row.len(), &mut sink).unwrap();
            prop_assert_eq!(sink.rows, vec![row]);
        }
    }
}
