//! A digest of a scripted world's trace, to compare builds of the same code.

/// The digest of the trace of a scripted world with this seed, as hexadecimal digits.
///
/// A stand-in until the world exists: it only mixes the seed.
pub fn trace_digest(seed: u64) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in seed.to_le_bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}
