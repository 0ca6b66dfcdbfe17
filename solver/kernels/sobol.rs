//! Twin of `shaders/sobol.wgsl`: Owen-scrambled Sobol points in four dimensions.

use super::common::hash;

/// Nested uniform (Owen) scrambling of a number whose bits are in reverse order, the first digit lowest (hash-based, Laine
/// and Karras 2011, constants by Vegdahl).
pub fn scramble(reversed: u32, seed: u32) -> u32 {
    let mut h = reversed;
    h ^= h.wrapping_mul(0x3d20_adea);
    h = h.wrapping_add(seed);
    h = h.wrapping_mul((seed >> 16) | 1);
    h ^= h.wrapping_mul(0x0552_6c56);
    h ^ h.wrapping_mul(0x53a2_2864)
}

/// Point `index` of the scrambled Sobol sequence, four coordinates in 0..1.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "24 bits fit an f32 exactly")]
pub fn sobol(directions: &[[u32; 4]], index: u32, seed: u32) -> [f32; 4] {
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
    std::array::from_fn(|d| {
        let word = scramble(bits[d], hash(seed.wrapping_add(d as u32))).reverse_bits();
        (word >> 8) as f32 * 5.960_464_5e-8
    })
}

/// Sobol direction numbers of the first four dimensions, combined for each value of each hexadecimal digit of an index, lowest
/// digit first, bits reversed: primitive polynomials 1, x+1, x²+x+1, x³+x+1 with the initial values of Joe and Kuo (2008).
pub fn sobol_directions() -> Vec<[u32; 4]> {
    let polynomials: [(usize, u32, &[u32]); 3] = [(1, 0, &[1]), (2, 1, &[1, 3]), (3, 1, &[1, 3, 1])];
    let mut of_bit: Vec<[u32; 4]> = (0..32).map(|k| [1 << k, 0, 0, 0]).collect();
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
        of_bit.iter_mut().zip(v).for_each(|(all, v)| all[dimension] = v.reverse_bits());
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
        let mut strata = [[0; 256]; 4];
        for k in 0..256 {
            let p = sobol(&directions, k, 7);
            boxes[(p[0] * 16.0) as usize * 16 + (p[1] * 16.0) as usize] += 1;
            (0..4).for_each(|d| strata[d][(p[d] * 256.0) as usize] += 1);
        }
        assert_eq!(boxes, [1; 256]);
        assert_eq!(strata, [[1; 256]; 4]);
    }
}
