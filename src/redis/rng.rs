//! The one source of randomness: a seeded SplitMix64, integers only.
//!
//! Kept in the tree because a crate may change its "standard" generator between versions, and then
//! every shared link would replay differently. Each consumer draws from a stream of its own
//! ([`Rng::stream`]), so that a new draw in one place does not reshuffle the rest of a run.

/// A deterministic generator (SplitMix64, Steele, Lea & Flood 2014).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The generator of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// An independent stream for one consumer of `seed`, named by `purpose` and `id`.
    pub fn stream(seed: u64, purpose: &str, id: u64) -> Self {
        // FNV-1a over the purpose: any fixed mixing does, it only has to stay the same.
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        let mut mix = Self::new(seed ^ hash);
        let base = mix.next_u64();
        Self::new(base ^ id.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// The next 32 bits.
    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// A number below `bound`; zero if `bound` is zero. Bias is below 2⁻³² for bounds of 32 bits.
    pub fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(bound)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_test_vector() {
        // From the reference implementation (prng.di.unimi.it/splitmix64.c) with seed 1234567.
        let mut rng = Rng::new(1_234_567);
        let drawn: Vec<u64> = (0..5).map(|_| rng.next_u64()).collect();
        assert_eq!(
            drawn,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn streams_differ_by_purpose_and_id() {
        let first = |purpose, id| Rng::stream(7, purpose, id).next_u64();
        assert_ne!(first("link", 1), first("link", 2));
        assert_ne!(first("link", 1), first("client", 1));
    }

    #[test]
    fn below_stays_below() {
        let mut rng = Rng::new(1);
        assert!((0..1000).all(|_| rng.below(7) < 7));
        assert_eq!(rng.below(0), 0);
    }
}
