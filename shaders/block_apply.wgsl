// Product of a block's matrix with a vector, from differences.
//     y_i <- keep b_i + sign (d_i x_i + sum_j g_ij (x_i - x_j))
// One invocation per cell.

struct BlockApplyParams {
    nx: u32,
    ny: u32,
    nz: u32,
    keep: f32,
    sign: f32,
}

@group(0) @binding(0) var<uniform> params: BlockApplyParams;
@group(0) @binding(1) var<storage, read> conductance: array<f32>;
@group(0) @binding(2) var<storage, read> diagonal: array<f32>;
@group(0) @binding(3) var<storage, read> rhs: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(64)
fn block_apply(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    let hx = row_width(params.nx);
    let half = hx * params.ny * params.nz;
    if i >= 2u * half { return; }
    let c = i % half;
    let n = neighbours(params.nx, params.ny, params.nz, i / half, c / hx, c % hx);
    let own = x[i];
    var sum = diagonal[i] * own;
    for (var side = 0u; side < 6u; side++) {
        if n.has[side] { sum += conductance[n.conductance[side]] * (own - x[n.cell[side]]); }
    }
    if params.keep == 0.0 {
        y[i] = params.sign * sum;
    } else {
        y[i] = params.keep * rhs[i] + params.sign * sum;
    }
}
