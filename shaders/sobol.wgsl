// Owen-scrambled Sobol points in five dimensions.
// Twin: solver/kernels/sobol.rs. Kernels that use it declare `directions`.

// Nested uniform (Owen) scrambling of a number whose bits are in reverse order, the first digit lowest.
fn scramble(reversed: u32, seed: u32) -> u32 {
    var h = reversed;
    h ^= h * 0x3d20adeau;
    h += seed;
    h *= (seed >> 16u) | 1u;
    h ^= h * 0x05526c56u;
    return h ^ (h * 0x53a22864u);
}

// Point `index` of the scrambled Sobol sequence, four coordinates in 0..1.
fn sobol(index: u32, seed: u32) -> vec4f {
    var bits = vec4u(0u);
    var k = index;
    for (var digit = 0u; k != 0u; digit += 16u) {
        bits ^= directions[digit + (k & 15u)];
        k >>= 4u;
    }
    let words = vec4u(
        scramble(bits.x, hash(seed)), scramble(bits.y, hash(seed + 1u)),
        scramble(bits.z, hash(seed + 2u)), scramble(bits.w, hash(seed + 3u)));
    return vec4f(reverseBits(words) >> vec4u(8u)) * 5.9604644775390625e-8;
}

// Fifth coordinate of that point.
fn sobol_fifth(index: u32, seed: u32) -> f32 {
    var bits = 0u;
    var k = index;
    for (var digit = 128u; k != 0u; digit += 16u) {
        bits ^= directions[digit + (k & 15u)].x;
        k >>= 4u;
    }
    return f32(reverseBits(scramble(bits, hash(seed + 4u))) >> 8u) * 5.9604644775390625e-8;
}
