// The coarse correction added to a block.
//     x_i <- x_i + e_I, I the coarse cell that holds i
// One invocation per cell of the first colour; the second is relaxed next and does not need it.

struct BlockTransferParams {
    nx: u32,
    ny: u32,
    nz: u32,
    factor_x: u32,
    factor_y: u32,
    factor_z: u32,
}

@group(0) @binding(0) var<uniform> params: BlockTransferParams;
@group(0) @binding(1) var<storage, read> correction: array<f32>;
@group(0) @binding(2) var<storage, read_write> x: array<f32>;

@compute @workgroup_size(64)
fn block_prolong(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let c = fold(group, groups, lane, 64u);
    let hx = row_width(params.nx);
    if c >= hx * params.ny * params.nz { return; }
    let row = c / hx;
    let i = 2u * (c % hx) + row_parity(params.ny, 0u, row);
    let cx = (params.nx + params.factor_x - 1u) / params.factor_x;
    let cy = (params.ny + params.factor_y - 1u) / params.factor_y;
    let cz = (params.nz + params.factor_z - 1u) / params.factor_z;
    let coarse_row = row / params.ny / params.factor_z * cy + row % params.ny / params.factor_y;
    // In an odd block the last cell of some rows is empty; it stays as it is.
    if i < params.nx { x[c] = x[c] + correction[cell_at(cx, cy, cz, i / params.factor_x, coarse_row)]; }
}
