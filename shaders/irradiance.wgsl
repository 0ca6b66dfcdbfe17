// Planet infrared and albedo on each surface at each orbit position, with shadowing.
//     out = [F_planet, F_albedo]
// The planet's disc is sampled uniformly in solid angle: F = omega/pi * mean(cos * visible), omega = 2 pi cap.
// One invocation per (surface, position, replicate).

struct IrradianceParams {
    count: u32,
    samples: u32,
    replicates: u32,
    positions: u32,
    seed: u32,
    nearest_m: f32,
}

@group(0) @binding(0) var<uniform> params: IrradianceParams;
@group(0) @binding(1) var<storage, read> nodes: array<BvhNode>;
@group(0) @binding(2) var<storage, read> facets: array<Facet>;
@group(0) @binding(3) var<storage, read> directions: array<vec4u>;
@group(0) @binding(4) var<storage, read> surfaces: array<u32>;
@group(0) @binding(5) var<storage, read> planet: array<vec4f>;
@group(0) @binding(6) var<storage, read> sun: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> factors: array<vec2f>;

@compute @workgroup_size(64)
fn irradiance(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    let position = (i / params.replicates) % params.positions;
    let surface = i / (params.replicates * params.positions);
    let seed = hash(params.seed ^ hash(i));
    let code = surfaces[surface];
    let f = code >> 1u;
    var normal = facets[f].plane.xyz;
    if (code & 1u) == 1u { normal = -normal; }
    let to_planet = planet[position].xyz;
    let to_sun = sun[position].xyz;
    let sine = planet[position].w;
    // 1 - cos of the planet's angular radius, without cancellation.
    let cap = sine * sine / (1.0 + sqrt(max(1.0 - sine * sine, 0.0)));
    var view = 0.0;
    var albedo = 0.0;
    // Without a planet (sine 0) there is nothing to sample.
    let samples = select(params.samples, 0u, sine == 0.0);
    for (var k = 0u; k < samples; k++) {
        let point = sobol(k, seed);
        let start = facet_point(f, point.x, point.y);
        let q = disc(point.z, point.w);
        let h = (q.x * q.x + q.y * q.y) * cap;
        let stretch = sqrt(max(cap * (2.0 - h), 0.0));
        let direction = around(to_planet, q.x * stretch, q.y * stretch, 1.0 - h);
        let cosine = dot(normal, direction);
        if cosine <= 0.0 || trace(start, direction, params.nearest_m, f, true).code != MISS { continue; }
        view += cosine;
        // Outward normal of the planet where the ray lands: s = cos of the local incidence.
        let s = sqrt(max(1.0 - h * (2.0 - h) / (sine * sine), 0.0));
        let rest = (1.0 - h) * dot(direction, to_sun) - dot(to_planet, to_sun);
        albedo += cosine * max(rest / sine - s * dot(direction, to_sun), 0.0);
    }
    let n = f32(params.samples);
    factors[i] = vec2f(2.0 * cap * view, 2.0 * cap * albedo) / n;
}
