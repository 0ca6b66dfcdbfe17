// One V-cycle over small graphs: x <- M^-1 b of the first of them.
// One workgroup walks all levels; barriers separate its steps. solver/kernels/coarse_cycle.rs says how arrays are packed.

struct CoarseCycleParams {
    levels: u32,
    cells: u32,
    diagonal: u32,
    first_step: f32,
    momentum: f32,
    second_step: f32,
}

@group(0) @binding(0) var<uniform> params: CoarseCycleParams;
@group(0) @binding(1) var<storage, read> index: array<u32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read> rhs: array<f32>;
@group(0) @binding(4) var<storage, read_write> work: array<f32>;

const TABLE: u32 = 8u;
const LANES: u32 = 256u;

struct Level {
    cells: u32,
    first: u32,
    row_start: u32,
    column: u32,
    conductance: u32,
    member_start: u32,
    member: u32,
    parent: u32,
}

fn level_at(l: u32) -> Level {
    let t = l * TABLE;
    return Level(
        index[t], index[t + 1u], index[t + 2u], index[t + 3u], index[t + 4u], index[t + 5u], index[t + 6u], index[t + 7u]
    );
}

// b - A x of cell i, with x at work[x..].
fn residual(l: Level, x: u32, i: u32) -> f32 {
    let own = work[x + i];
    var sum = weight[params.diagonal + l.first + i] * own;
    for (var k = index[l.row_start + i]; k < index[l.row_start + i + 1u]; k++) {
        sum += weight[l.conductance + k] * (own - work[x + index[l.column + k]]);
    }
    return work[2u * params.cells + l.first + i] - sum;
}

// The two Chebyshev steps of one level: from x to y, and back.
fn smoothen(l: Level, lane: u32, from_zero: bool) {
    let x = l.first;
    let y = params.cells + l.first;
    let inverse = params.diagonal + params.cells + l.first;
    for (var i = lane; i < l.cells; i += LANES) {
        let scaled = params.first_step * weight[inverse + i];
        if from_zero {
            work[y + i] = scaled * work[2u * params.cells + l.first + i];
        } else {
            work[y + i] = work[x + i] + scaled * residual(l, x, i);
        }
    }
    storageBarrier();
    for (var i = lane; i < l.cells; i += LANES) {
        let own = work[y + i];
        let before = select(work[x + i], 0.0, from_zero);
        work[x + i] = own + params.momentum * (own - before) + params.second_step * weight[inverse + i] * residual(l, y, i);
    }
    storageBarrier();
}

@compute @workgroup_size(256)
fn coarse_cycle(@builtin(local_invocation_index) lane: u32) {
    let top = level_at(0u);
    for (var i = lane; i < top.cells; i += LANES) { work[2u * params.cells + i] = rhs[i]; }
    storageBarrier();
    for (var d = 0u; d + 1u < params.levels; d++) {
        let l = level_at(d);
        let coarse = level_at(d + 1u);
        smoothen(l, lane, true);
        for (var c = lane; c < coarse.cells; c += LANES) {
            var sum = 0.0;
            for (var k = index[l.member_start + c]; k < index[l.member_start + c + 1u]; k++) {
                sum += residual(l, l.first, index[l.member + k]);
            }
            work[2u * params.cells + coarse.first + c] = sum;
        }
        storageBarrier();
    }
    let last = level_at(params.levels - 1u);
    for (var i = lane; i < last.cells; i += LANES) {
        work[last.first + i] = weight[params.diagonal + params.cells + last.first + i] * work[2u * params.cells + last.first + i];
    }
    storageBarrier();
    for (var d = params.levels - 1u; d > 0u; d--) {
        let l = level_at(d - 1u);
        let coarse = level_at(d);
        for (var i = lane; i < l.cells; i += LANES) {
            work[l.first + i] = work[l.first + i] + work[coarse.first + index[l.parent + i]];
        }
        storageBarrier();
        smoothen(l, lane, false);
    }
}
