// A scaled vector added in place.
//     y_i <- y_i + s (n/d) x_i, where n/0 counts as 0
// One invocation per element.

struct AxpyParams {
    count: u32,
    sign: f32,
}

@group(0) @binding(0) var<uniform> params: AxpyParams;
@group(0) @binding(1) var<storage, read> numerator: array<f32>;
@group(0) @binding(2) var<storage, read> denominator: array<f32>;
@group(0) @binding(3) var<storage, read> x: array<f32>;
@group(0) @binding(4) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn axpy(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    var scale = 0.0;
    if denominator[0] != 0.0 { scale = numerator[0] / denominator[0]; }
    y[i] = y[i] + params.sign * scale * x[i];
}
