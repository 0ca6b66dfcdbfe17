// Net heat flow into each node, W: the residual of the steady heat balance.
//     r_i = Q_i - sigma E_i T_i^4 + sum_j GL_ij (T_j - T_i)
//         = excess_i - sigma E_i theta (4K^3 + theta (6K^2 + theta (4K + theta))) + sum_j GL_ij (T_j - T_i)
// K: the whole kelvin nearest to T_i, theta = T_i - K, excess_i = Q_i - sigma E_i K^4 from the host.
// One invocation per node; conductors of node i are row i of a CSR matrix.

struct HeatResidualParams {
    node_count: u32,
}

@group(0) @binding(0) var<uniform> params: HeatResidualParams;
@group(0) @binding(1) var<storage, read> row_start: array<u32>;
@group(0) @binding(2) var<storage, read> column: array<u32>;
@group(0) @binding(3) var<storage, read> gl_w_per_k: array<f32>;
@group(0) @binding(4) var<storage, read> coarse: array<i32>;
@group(0) @binding(5) var<storage, read> fine: array<f32>;
@group(0) @binding(6) var<storage, read> excess_w: array<f32>;
@group(0) @binding(7) var<storage, read> emission_w_per_k4: array<f32>;
@group(0) @binding(8) var<storage, read_write> residual_w: array<f32>;

@compute @workgroup_size(64)
fn heat_residual(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.node_count { return; }
    let coarse_i = coarse[i];
    let fine_i = fine[i];
    var conducted = 0.0;
    for (var k = row_start[i]; k < row_start[i + 1u]; k++) {
        let j = column[k];
        conducted += gl_w_per_k[k] * difference(coarse_i, fine_i, coarse[j], fine[j]);
    }
    let kelvin = whole_kelvin(coarse_i);
    let k = f32(kelvin);
    let theta = difference(kelvin << 16u, 0.0, coarse_i, fine_i);
    let above = theta * (4.0 * k * k * k + theta * (6.0 * k * k + theta * (4.0 * k + theta)));
    residual_w[i] = (excess_w[i] - emission_w_per_k4[i] * above) + conducted;
}
