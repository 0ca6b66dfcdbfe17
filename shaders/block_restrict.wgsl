// The residual of a block on the next coarser one.
//     B_I <- sum over cells i of the first colour in I of b_i - d_i x_i - sum_j g_ij (x_i - x_j)
// One invocation per coarse cell; the second colour was relaxed last, so its residual is zero.

struct BlockTransferParams {
    nx: u32,
    ny: u32,
    nz: u32,
    factor_x: u32,
    factor_y: u32,
    factor_z: u32,
}

@group(0) @binding(0) var<uniform> params: BlockTransferParams;
@group(0) @binding(1) var<storage, read> conductance: array<f32>;
@group(0) @binding(2) var<storage, read> diagonal: array<f32>;
@group(0) @binding(3) var<storage, read> rhs: array<f32>;
@group(0) @binding(4) var<storage, read> x: array<f32>;
@group(0) @binding(5) var<storage, read_write> coarse_rhs: array<f32>;

fn residual(row: u32, m: u32) -> f32 {
    let i = row * row_width(params.nx) + m;
    let n = neighbours(params.nx, params.ny, params.nz, 0u, row, m);
    let own = x[i];
    var sum = diagonal[i] * own;
    for (var side = 0u; side < 6u; side++) {
        if n.has[side] { sum += conductance[n.conductance[side]] * (own - x[n.cell[side]]); }
    }
    return rhs[i] - sum;
}

@compute @workgroup_size(64)
fn block_restrict(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let c = fold(group, groups, lane, 64u);
    let cx = (params.nx + params.factor_x - 1u) / params.factor_x;
    let cy = (params.ny + params.factor_y - 1u) / params.factor_y;
    let cz = (params.nz + params.factor_z - 1u) / params.factor_z;
    let hx = row_width(cx);
    let half = hx * cy * cz;
    if c >= 2u * half { return; }
    let coarse_row = c % half / hx;
    let i = 2u * (c % hx) + row_parity(cy, c / half, coarse_row);
    var sum = 0.0;
    // An empty coarse cell holds no fine cell.
    for (var dk = 0u; dk < params.factor_z; dk++) {
        for (var dj = 0u; dj < params.factor_y; dj++) {
            let j = coarse_row % cy * params.factor_y + dj;
            let k = coarse_row / cy * params.factor_z + dk;
            let row = k * params.ny + j;
            let parity = (j + k) % 2u;
            if j >= params.ny || k >= params.nz || i >= cx { continue; }
            if params.factor_x == 2u {
                sum += residual(row, i);
            } else if i % 2u == parity {
                sum += residual(row, i / 2u);
            }
        }
    }
    coarse_rhs[c] = sum;
}
