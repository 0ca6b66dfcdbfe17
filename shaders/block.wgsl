// A block of nx * ny * nz cells in two colours; shared by the block kernels.
// Twin: solver/kernels/block.rs, which says how cells and conductances are stored.

// Neighbours of a cell in the order -x, +x, -y, +y, -z, +z: where each conductance and each cell is stored.
// `has` is false where there is none.
struct Neighbours {
    conductance: array<u32, 6>,
    cell: array<u32, 6>,
    has: array<bool, 6>,
}

fn row_width(nx: u32) -> u32 {
    return (nx + 1u) / 2u;
}

// Column of the first cell of a colour in a row: i = 2m + parity.
fn row_parity(ny: u32, colour: u32, row: u32) -> u32 {
    return (row % ny + row / ny + colour) % 2u;
}

// Where cell (i, row) is stored.
fn cell_at(nx: u32, ny: u32, nz: u32, i: u32, row: u32) -> u32 {
    let hx = row_width(nx);
    let colour = (i + row % ny + row / ny) % 2u;
    return colour * hx * ny * nz + row * hx + i / 2u;
}

fn neighbours(nx: u32, ny: u32, nz: u32, colour: u32, row: u32, m: u32) -> Neighbours {
    let hx = row_width(nx);
    let half = hx * ny * nz;
    let all = 2u * half;
    let parity = row_parity(ny, colour, row);
    let j = row % ny;
    let k = row / ny;
    let own = colour * half + row * hx + m;
    let other = (1u - colour) * half + row * hx + m;
    var n: Neighbours;
    n.has = array<bool, 6>((m + parity > 0u), (m + parity < hx), (j > 0u), (j + 1u < ny), (k > 0u), (k + 1u < nz));
    // Where there is no neighbour the offsets wrap; `has` keeps them from being read.
    n.cell = array<u32, 6>(other + parity - 1u, other + parity, other - hx, other + hx, other - hx * ny, other + hx * ny);
    n.conductance = array<u32, 6>(n.cell[0], own, all + n.cell[2], all + own, 2u * all + n.cell[4], 2u * all + own);
    return n;
}
