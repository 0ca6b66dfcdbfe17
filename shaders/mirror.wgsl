// Rays from mirror to mirror.
// Twin: solver/kernels/mirror.rs. Kernels that use it declare `mirrors`: specular reflectance of a facet's front and back.

// Reflections after which a ray is given up.
const BOUNCES: u32 = 256u;
// Code of a ray that was given up.
const CAPPED: u32 = 0xfffffffeu;

// Where a ray ends.
struct Path {
    // 2 * facet, plus 1 for the back side; MISS or CAPPED.
    code: u32,
    // Reflections on the way.
    bounces: u32,
    // Direction in which it arrives or leaves.
    direction: vec3f,
}

// Follows a ray: it goes on mirrored while the product of the specular reflectances it met stays above `luck`.
fn follow(from_point: vec3f, from_direction: vec3f, from_facet: u32, luck: f32, nearest: f32) -> Path {
    var start = from_point;
    var direction = from_direction;
    var own = from_facet;
    var kept = 1.0;
    for (var bounces = 0u; bounces <= BOUNCES; bounces++) {
        let hit = trace(start, direction, nearest, own, false);
        if hit.code == MISS { return Path(MISS, bounces, direction); }
        own = hit.code >> 1u;
        kept *= select(mirrors[own].x, mirrors[own].y, (hit.code & 1u) == 1u);
        if kept <= luck { return Path(hit.code, bounces, direction); }
        start = start + hit.distance * direction;
        direction = mirrored(direction, facets[own].plane.xyz);
    }
    return Path(CAPPED, BOUNCES, direction);
}

// A direction after reflection on a plane of this unit normal, either side.
fn mirrored(direction: vec3f, normal: vec3f) -> vec3f {
    return direction - 2.0 * dot(direction, normal) * normal;
}
