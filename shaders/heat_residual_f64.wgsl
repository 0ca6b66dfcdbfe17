// Net heat flow into each node in f64, W.
//     r_i = Q_i - s_i T_i^4 + sum_j GL_ij (T_j - T_i)
// One invocation per node; only for devices that have f64 in shaders.

struct HeatResidualF64Params {
    node_count: u32,
}

@group(0) @binding(0) var<uniform> params: HeatResidualF64Params;
@group(0) @binding(1) var<storage, read> row_start: array<u32>;
@group(0) @binding(2) var<storage, read> column: array<u32>;
@group(0) @binding(3) var<storage, read> gl_w_per_k: array<f64>;
@group(0) @binding(4) var<storage, read> temperature_k: array<f64>;
@group(0) @binding(5) var<storage, read> source_w: array<f64>;
@group(0) @binding(6) var<storage, read> emission_w_per_k4: array<f64>;
@group(0) @binding(7) var<storage, read_write> residual_w: array<f64>;

@compute @workgroup_size(64)
fn heat_residual_f64(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.node_count { return; }
    let t = temperature_k[i];
    var conducted: f64 = 0.0;
    for (var k = row_start[i]; k < row_start[i + 1u]; k++) {
        conducted += gl_w_per_k[k] * (temperature_k[column[k]] - t);
    }
    let square = t * t;
    residual_w[i] = (source_w[i] - emission_w_per_k4[i] * (square * square)) + conducted;
}
