//! Twin of `shaders/sobol.wgsl`: Owen-scrambled Sobol points in five dimensions.

use super::common::hash;

/// Nested uniform (Owen) scrambling of a number whose bits are in reverse order, the first digit lowest (hash-based, Laine
/// and Karras 2011, constants by Vegdahl).
#[inline]
pub fn scramble(reversed: u32, seed: u32) -> u32 {
    let mut h = reversed;
    h ^= h.wrapping_mul(0x3d20_adea);
    h = h.wrapping_add(seed);
    h = h.wrapping_mul((seed >> 16) | 1);
    h ^= h.wrapping_mul(0x0552_6c56);
    h ^ h.wrapping_mul(0x53a2_2864)
}

/// Entries of the table of direction numbers that one block of four dimensions takes: 16 for each hexadecimal digit.
const BLOCK: usize = 128;

/// A scrambled word as a number in 0..1, by a seed that has been hashed.
#[inline]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "24 bits fit an f32 and an i32 exactly")]
fn unit(bits: u32, seed: u32) -> f32 {
    (scramble(bits, seed).reverse_bits() >> 8) as i32 as f32 * 5.960_464_5e-8
}

/// Point `index` of the sequence before it is scrambled, bits reversed; `directions` begin at the lowest digit of the index.
fn unscrambled(directions: &[[u32; 4]], index: u32) -> [u32; 4] {
    let mut bits = [0_u32; 4];
    let mut k = index;
    for of_digit in directions.chunks_exact(16) {
        if k == 0 {
            break;
        }
        let of_value = &of_digit[(k & 15) as usize];
        for d in 0..4 {
            bits[d] ^= of_value[d];
        }
        k >>= 4;
    }
    bits
}

/// Seed of each of the first four dimensions.
#[expect(clippy::cast_possible_truncation, reason = "a small number")]
fn seeds(seed: u32) -> [u32; 4] {
    std::array::from_fn(|d| hash(seed.wrapping_add(d as u32)))
}

/// Point `index` of the scrambled Sobol sequence, four coordinates in 0..1.
pub fn sobol(directions: &[[u32; 4]], index: u32, seed: u32) -> [f32; 4] {
    let (bits, seeds) = (unscrambled(directions, index), seeds(seed));
    std::array::from_fn(|d| unit(bits[d], seeds[d]))
}

/// As [`sobol`], the points from `first` on, side by side. Truth: `sobol_points_are_a_net`.
pub fn sobol_points(directions: &[[u32; 4]], first: u32, seed: u32, points: &mut [[f32; 4]]) {
    pulp::Arch::new().dispatch(Points { directions, first, seeds: seeds(seed), points });
}

struct Points<'a> {
    directions: &'a [[u32; 4]],
    first: u32,
    seeds: [u32; 4],
    points: &'a mut [[f32; 4]],
}

impl pulp::WithSimd for Points<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) {
        let (mut first, mut points) = (self.first, self.points);
        while !points.is_empty() {
            // Those that differ from the first in the lowest digit alone.
            let base = unscrambled(&self.directions[16..], first >> 4);
            let mut block = [[0.0; 16]; 4];
            for (d, block) in block.iter_mut().enumerate() {
                for (x, of_value) in block.iter_mut().zip(self.directions) {
                    *x = unit(base[d] ^ of_value[d], self.seeds[d]);
                }
            }
            let digit = (first & 15) as usize;
            let (some, rest) = points.split_at_mut((16 - digit).min(points.len()));
            for (k, p) in (digit..).zip(&mut *some) {
                *p = std::array::from_fn(|d| block[d][k]);
            }
            first = (first | 15).wrapping_add(1);
            points = rest;
        }
    }
}

/// Fifth coordinate of that point.
pub fn sobol_fifth(directions: &[[u32; 4]], index: u32, seed: u32) -> f32 {
    let mut bits = 0_u32;
    let mut k = index;
    for of_digit in directions[BLOCK..].chunks_exact(16) {
        if k == 0 {
            break;
        }
        bits ^= of_digit[(k & 15) as usize][0];
        k >>= 4;
    }
    unit(bits, hash(seed.wrapping_add(4)))
}

/// Sobol direction numbers, combined for each value of each hexadecimal digit of an index, lowest digit first, bits reversed:
/// the first four dimensions, then a block whose first word is the fifth. Primitive polynomials 1, x+1, x²+x+1, x³+x+1,
/// x³+x²+1 with the initial values of Joe and Kuo (2008).
pub fn sobol_directions() -> Vec<[u32; 4]> {
    let polynomials: [(usize, u32, &[u32]); 4] = [(1, 0, &[1]), (2, 1, &[1, 3]), (3, 1, &[1, 3, 1]), (3, 2, &[1, 1, 1])];
    let mut of_bit: Vec<[u32; 4]> = (0..32).map(|k| [1 << k, 0, 0, 0]).collect();
    of_bit.resize(64, [0; 4]);
    for (dimension, (degree, a, initial)) in (1..).zip(polynomials) {
        let mut v: Vec<u32> = initial.iter().zip(0..).map(|(m, k)| m << (31 - k)).collect();
        for k in degree..32 {
            let mut next = v[k - degree] ^ (v[k - degree] >> degree);
            for j in 1..degree {
                if (a >> (degree - 1 - j)) & 1 == 1 {
                    next ^= v[k - j];
                }
            }
            v.push(next);
        }
        let block = &mut of_bit[32 * (dimension / 4)..];
        block.iter_mut().zip(v).for_each(|(all, v)| all[dimension % 4] = v.reverse_bits());
    }
    let combined = |bits: &[[u32; 4]], value: u32| {
        let chosen = bits.iter().zip(0..).filter(|(_, k)| value >> k & 1 == 1);
        chosen.fold([0; 4], |all, (b, _)| std::array::from_fn(|d| all[d] ^ b[d]))
    };
    of_bit.chunks(4).flat_map(|bits| (0..16).map(move |value| combined(bits, value))).collect()
}

#[cfg(test)]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of a test")]
mod tests {
    use super::*;

    #[test]
    fn sobol_points_are_a_net() {
        // Every elementary interval of a (t, m, s)-net in base 2 that dimension pairs (0,1) and (2,3) must fill:
        // 256 scrambled points hit each of 16 x 16 boxes once in the first two dimensions (t = 0).
        let directions = sobol_directions();
        let mut boxes = [0; 256];
        let mut strata = [[0; 256]; 5];
        for k in 0..256 {
            let p = sobol(&directions, k, 7);
            strata[4][(sobol_fifth(&directions, k, 7) * 256.0) as usize] += 1;
            boxes[(p[0] * 16.0) as usize * 16 + (p[1] * 16.0) as usize] += 1;
            (0..4).for_each(|d| strata[d][(p[d] * 256.0) as usize] += 1);
        }
        let mut together = [[0.0; 4]; 100];
        sobol_points(&directions, 77, 7, &mut together);
        (77..).zip(together).for_each(|(k, p)| assert_eq!(p, sobol(&directions, k, 7)));
        assert_eq!(boxes, [1; 256]);
        assert_eq!(directions.len(), 2 * BLOCK);
        assert_eq!(strata, [[1; 256]; 5]);
    }
}
