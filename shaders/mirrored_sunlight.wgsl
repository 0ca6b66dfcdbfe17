// Where the sunlight ends that each mirror throws: 2 * facet + side, MISS, CAPPED, or UNLIT for points in the shade.
// Ray i starts at a point of surface i / (positions * replicates * rays) towards the Sun's mirror image.
// One invocation per ray.

// Code of a point that the Sun does not reach.
const UNLIT: u32 = 0xfffffffdu;

struct MirroredSunlightParams {
    count: u32,
    rays: u32,
    replicates: u32,
    positions: u32,
    first_surface: u32,
    seed: u32,
    nearest_m: f32,
}

@group(0) @binding(0) var<uniform> params: MirroredSunlightParams;
@group(0) @binding(1) var<storage, read> nodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> facets: array<Facet>;
@group(0) @binding(3) var<storage, read> mirrors: array<vec2f>;
@group(0) @binding(4) var<storage, read> directions: array<vec4u>;
@group(0) @binding(5) var<storage, read> surfaces: array<u32>;
@group(0) @binding(6) var<storage, read> sun: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> met: array<u32>;

@compute @workgroup_size(64)
fn mirrored_sunlight(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    // Replicate of a position of a surface.
    let stream = i / params.rays;
    let of_surface = params.positions * params.replicates;
    let code = surfaces[params.first_surface + stream / of_surface];
    let seed = hash(hash(params.seed ^ hash(code)) + stream % of_surface);
    let f = code >> 1u;
    var normal = facets[f].plane.xyz;
    if (code & 1u) == 1u { normal = -normal; }
    let to_sun = sun[(stream / params.replicates) % params.positions].xyz;
    let point = sobol(i % params.rays, seed);
    let start = facet_point(f, point.x, point.y);
    if dot(normal, to_sun) <= 0.0 || trace(start, to_sun, params.nearest_m, f, true).code != MISS {
        met[i] = UNLIT;
        return;
    }
    met[i] = follow(start, mirrored(-to_sun, normal), f, point.z, params.nearest_m).code;
}
