// The next search direction of conjugate gradients.
//     p_i <- z_i + (n/d) p_i, where n/0 counts as 0
// One invocation per element.

struct CgDirectionParams {
    count: u32,
}

@group(0) @binding(0) var<uniform> params: CgDirectionParams;
@group(0) @binding(1) var<storage, read> numerator: array<f32>;
@group(0) @binding(2) var<storage, read> denominator: array<f32>;
@group(0) @binding(3) var<storage, read> z: array<f32>;
@group(0) @binding(4) var<storage, read_write> p: array<f32>;

@compute @workgroup_size(64)
fn cg_direction(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    var scale = 0.0;
    if denominator[0] != 0.0 { scale = numerator[0] / denominator[0]; }
    p[i] = z[i] + scale * p[i];
}
