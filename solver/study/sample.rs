//! Points of the unit cube by number: any point at any time, so that parts of a study need nothing of one another.

use crate::case::study::Sampling;
use crate::kernels::common::hash;
use crate::kernels::sobol::{scramble, sobol, sobol_directions};

/// A sampler of so many points in so many dimensions.
#[derive(Debug)]
pub struct Sampler {
    sampling: Sampling,
    samples: usize,
    seed: u32,
    directions: Vec<[u32; 4]>,
    /// Of a Latin hypercube: the part of each dimension in which each point lies.
    strata: Vec<Vec<u32>>,
}

/// An even number in 0..1 that depends on all it is given and nothing else (BLAKE3).
fn random(seed: u32, point: usize, dimension: usize) -> f64 {
    let mut hasher = blake3::Hasher::new();
    for word in [seed as usize, point, dimension] {
        hasher.update(&(word as u64).to_le_bytes());
    }
    let bytes = hasher.finalize();
    let word = u64::from_le_bytes(bytes.as_bytes()[..8].try_into().expect("eight bytes"));
    #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
    let unit = (word >> 11) as f64 * (0.5_f64).powi(53);
    unit
}

#[expect(clippy::cast_possible_truncation, reason = "designs and dimensions are fewer than 2^32")]
impl Sampler {
    /// Prepares the points.
    pub fn new(sampling: Sampling, samples: usize, dimensions: usize, seed: u32) -> Self {
        let directions = if sampling == Sampling::Sobol { sobol_directions() } else { vec![] };
        let shuffled = |d: usize| {
            let mut parts: Vec<u32> = (0..samples as u32).collect();
            parts.sort_by_cached_key(|&k| random(seed, k as usize, 2 * d + 1).to_bits());
            parts
        };
        let strata = if sampling == Sampling::LatinHypercube { (0..dimensions).map(shuffled).collect() } else { vec![] };
        Self { sampling, samples, seed, directions, strata }
    }

    /// Coordinate of a point.
    ///
    /// Sobol: four dimensions at a time; each further four see the points in an order shuffled by Owen's scrambling of their
    /// number, so that any 2^m points are stratified in each four.
    /// Truth: `study::samples_are_stratified`.
    pub fn at(&self, point: usize, dimension: usize) -> f64 {
        match self.sampling {
            Sampling::Sobol => {
                let set = (dimension / 4) as u32;
                let seed = hash(self.seed ^ hash(set));
                let number = if set == 0 { point as u32 } else { scramble((point as u32).reverse_bits(), seed).reverse_bits() };
                f64::from(sobol(&self.directions, number, seed)[dimension % 4])
            }
            Sampling::LatinHypercube => {
                #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
                let samples = self.samples as f64;
                (f64::from(self.strata[dimension][point]) + random(self.seed, point, 2 * dimension)) / samples
            }
            _ => random(self.seed, point, 2 * dimension),
        }
    }
}
