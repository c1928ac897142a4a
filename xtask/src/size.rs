//! What a first visit costs.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::dist::Written;
use crate::error::TaskError;
use crate::run::step;

/// The most that a first visit may transfer, compressed with brotli. A kilobyte is 1000 bytes. It is
/// what the page needs today, rounded up to 5 KB, so that a change that makes it larger is seen. It was 190 KB
/// before lessons, branches and the inspector, and is far from [`GOAL`].
pub(crate) const BUDGET: usize = 342_000;

/// What a first visit should transfer one day.
const GOAL: usize = 120_000;

/// The most that the dialog that shares may transfer when it is opened, and that the element's loader may
/// (brotli). An embed transfers what the page does and its own style sheet.
const SHARE: usize = 182_000;
const LOADER: usize = 3_000;
/// The most that the page as one file may have.
const OFFLINE: usize = 400_000;

/// Prints all sizes of a site and holds each to its budget.
pub(crate) fn report_all(written: &Written) -> Result<(), TaskError> {
    step("what a first visit transfers");
    let page = report(&written.page);
    step("what else there is");
    let mut embed = 0;
    for (_, bytes) in &written.embed {
        embed += brotli(bytes)?;
    }
    let mut share = 0;
    for (_, bytes) in &written.share {
        share += brotli(bytes)?;
    }
    let loader = brotli(&written.loader)?;
    let offline = written.offline.len();
    let rows = [
        ("embed.html with all it loads, brotli", embed, BUDGET),
        ("the dialog that shares, brotli", share, SHARE),
        ("psync-lab.js, brotli", loader, LOADER),
        ("the page as one file", offline, OFFLINE),
    ];
    for (name, bytes, most) in rows {
        println!("    {:<38}{:>9} KB, at most {} KB", name, kb(bytes), kb(most));
    }
    match rows.into_iter().find(|(_, bytes, most)| bytes > most) {
        None => page,
        Some((name, bytes, most)) => Err(TaskError::Other(format!(
            "{name}: {} KB, more than its budget of {} KB.",
            kb(bytes),
            kb(most)
        ))),
    }
}

/// A file of the first load, measured.
#[derive(Debug)]
struct Measured {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the sizes of the files of a first load; an error if they are over the budget together.
pub(crate) fn report(files: &[(String, Vec<u8>)]) -> Result<(), TaskError> {
    let mut rows = Vec::new();
    for (name, bytes) in files {
        let (gzip, brotli) = (gzip_size(bytes)?, brotli(bytes)?);
        rows.push(Measured { name: name.clone(), raw: bytes.len(), gzip, brotli });
    }
    let sum = Measured {
        name: "first load".to_owned(),
        raw: rows.iter().map(|row| row.raw).sum(),
        gzip: rows.iter().map(|row| row.gzip).sum(),
        brotli: rows.iter().map(|row| row.brotli).sum(),
    };
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0).max(sum.name.len());
    println!("    {:width$}  {:>9}  {:>9}  {:>9}", "KB", "raw", "gzip", "brotli");
    for row in rows.iter().chain([&sum]) {
        let Measured { name, raw, gzip, brotli } = row;
        println!("    {name:width$}  {:>9}  {:>9}  {:>9}", kb(*raw), kb(*gzip), kb(*brotli));
    }
    if sum.brotli > BUDGET {
        return Err(TaskError::Other(format!(
            "a first visit transfers {} KB, more than the budget of {} KB (the goal is {}).\n       \
             See what was added to the page's code (features, dependencies, float formatting), or \
             load it later.",
            kb(sum.brotli),
            kb(BUDGET),
            kb(GOAL),
        )));
    }
    println!(
        "    within the budget of {} KB (brotli), what it needs today; MISSES the goal of {} KB",
        kb(BUDGET),
        kb(GOAL),
    );
    Ok(())
}

/// Kilobytes with one digit after the point.
fn kb(bytes: usize) -> String {
    let tenths = (bytes + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn gzip_size(bytes: &[u8]) -> Result<usize, TaskError> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map(|packed| packed.len()).map_err(measure)
}

fn brotli(bytes: &[u8]) -> Result<usize, TaskError> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut packed, &parameters).map(|_| packed.len()).map_err(measure)
}

fn measure(problem: std::io::Error) -> TaskError {
    TaskError::Other(format!("cannot compress a file to measure it: {problem}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kilobytes_are_thousands() {
        assert_eq!((kb(0), kb(49), kb(50), kb(99_949)).0, "0.0");
        assert_eq!((kb(49), kb(50)), ("0.0".to_owned(), "0.1".to_owned()));
        assert_eq!(kb(99_949), "99.9");
        assert_eq!(kb(GOAL), "120.0");
    }

    #[test]
    fn compressors_compress() -> Result<(), TaskError> {
        let text = b"PSYNC ? -1 ".repeat(500);
        assert!(gzip_size(&text)? < 200 && brotli(&text)? < 100);
        Ok(())
    }

    #[test]
    fn over_the_budget_is_an_error() {
        // Bytes that do not compress: a linear congruential sequence's high bits.
        let mut state = 1_u64;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        });
        let bytes: Vec<u8> = noise.take(BUDGET + 1).collect();
        assert!(report(&[("noise".to_owned(), bytes)]).is_err());
    }
}
