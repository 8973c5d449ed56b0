//! The checksum of a line of the journal and of the vault's file.
//!
//! It finds accidents, not attacks: secrets are encrypted besides.

/// FNV-1a of 64 bits (draft-eastlake-fnv, §2), as 16 hexadecimal digits.
pub(super) fn checksum(bytes: &[u8]) -> String {
    const OFFSET_BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let sum = bytes
        .iter()
        .fold(OFFSET_BASIS, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME));
    format!("{sum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of the draft, appendix C.
    #[test]
    fn the_checksum_is_fnv_1a() {
        assert_eq!(checksum(b""), "cbf29ce484222325");
        assert_eq!(checksum(b"a"), "af63dc4c8601ec8c");
        assert_eq!(checksum(b"foobar"), "85944171f73967e8");
    }
}
