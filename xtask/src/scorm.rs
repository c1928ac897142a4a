//! The page as a SCORM 1.2 package: a zip file that Moodle and other platforms take.

use std::io::Write;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::error::TaskError;

/// The package's name.
pub(crate) const NAME: &str = "psync-lab-scorm.zip";

/// A zip file of these files: the same bytes for the same files, whatever the day.
pub(crate) fn zip(files: &[(&str, Vec<u8>)]) -> Result<Vec<u8>, TaskError> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in files {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
        let packed =
            packed.map_err(|problem| TaskError::Other(format!("cannot compress `{name}`: {problem}.")))?;
        let mut crc = Crc::new();
        crc.update(bytes);
        let offset = out.len() as u32;
        // Version 2.0, no flags, deflate, midnight of 1 January 1980, checksum, sizes, the name's length.
        let mut head = Vec::new();
        for short in [20_u16, 0, 8, 0, 0x21] {
            head.extend(short.to_le_bytes());
        }
        for long in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
            head.extend(long.to_le_bytes());
        }
        head.extend((name.len() as u16).to_le_bytes());
        head.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&head);
        out.extend(name.as_bytes());
        out.extend(&packed);
        list.extend(b"PK\x01\x02");
        list.extend(20_u16.to_le_bytes());
        list.extend(&head);
        // No comment, one disk, no attributes.
        list.extend([0; 10]);
        list.extend(offset.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (start, count) = (out.len() as u32, files.len() as u16);
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes());
    out.extend(count.to_le_bytes());
    out.extend((list.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend(0_u16.to_le_bytes());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_has_its_parts_where_they_say() -> Result<(), TaskError> {
        let bytes = zip(&[("a.txt", b"hello".repeat(20)), ("b/c.txt", Vec::new())])?;
        assert!(bytes.starts_with(b"PK\x03\x04"));
        let end = bytes.len() - 22;
        assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
        assert_eq!(bytes[end + 10], 2, "two files");
        let start = u32::from_le_bytes([bytes[end + 16], bytes[end + 17], bytes[end + 18], bytes[end + 19]]);
        assert_eq!(&bytes[start as usize..start as usize + 4], b"PK\x01\x02");
        assert_eq!(&bytes[start as usize + 46..start as usize + 51], b"a.txt");
        Ok(())
    }
}
