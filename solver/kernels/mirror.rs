//! Twin of `shaders/mirror.wgsl`: rays from mirror to mirror.

use super::ray::{Hit, MISS, Vec3, World, dot, trace, xyz};

/// Reflections after which a ray is given up: what is left after 256 is 2e-6 at a reflectance of 0.95.
pub const BOUNCES: u32 = 256;
/// Code of a ray that was given up.
pub const CAPPED: u32 = MISS - 1;
/// What `tests/contract.rs` compares with the WGSL constants.
pub const CONSTANTS: &[(&str, u32)] = &[("BOUNCES", BOUNCES), ("CAPPED", CAPPED)];

/// Where a ray ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// 2 × facet, plus 1 for the back side; [`MISS`] or [`CAPPED`].
    pub code: u32,
    /// Reflections on the way.
    pub bounces: u32,
    /// Direction in which it arrives or leaves.
    pub direction: Vec3,
}

/// Follows a ray from where it starts and what it meets first: it goes on mirrored while the product of the specular
/// reflectances it met stays above `luck`.
///
/// With `luck` uniform in 0..1 a ray gets past its first k mirrors with the probability `ρ_1 … ρ_k`, so it may be counted whole
/// where it ends (Russian roulette with one number for the whole path). `mirrors`: specular reflectance of each facet's front and
/// back. Truth: `specular::*`.
pub fn follow(
    w: &World<'_>,
    mirrors: &[[f32; 2]],
    (start, direction): (Vec3, Vec3),
    first: Hit,
    luck: f32,
    nearest: f32,
) -> Path {
    let (mut start, mut direction, mut hit) = (start, direction, first);
    let mut kept = 1.0;
    for bounces in 0..=BOUNCES {
        if hit.code == MISS {
            return Path { code: MISS, bounces, direction };
        }
        let own = hit.code >> 1;
        kept *= mirrors[own as usize][(hit.code & 1) as usize];
        if kept <= luck {
            return Path { code: hit.code, bounces, direction };
        }
        start = std::array::from_fn(|k| start[k] + hit.distance * direction[k]);
        direction = mirrored(direction, xyz(w.facets[own as usize].plane));
        hit = trace(w, start, direction, nearest, own, false);
    }
    Path { code: CAPPED, bounces: BOUNCES, direction }
}

/// A direction after reflection on a plane of this unit normal, either side.
pub fn mirrored(direction: Vec3, normal: Vec3) -> Vec3 {
    let twice = 2.0 * dot(direction, normal);
    std::array::from_fn(|k| direction[k] - twice * normal[k])
}
