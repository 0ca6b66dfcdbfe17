#!/usr/bin/env bash
# Checks and times a GPU in one call; prints the rows for RESULTS.md.
#   benches/gpu.sh prepare    where crates can be had: builds, and puts all that a run needs into target/gpu-kit
#   benches/gpu.sh [full]     on the machine with the GPU: uses target/gpu-kit where it is, else builds; `full` for the sizes
#                             of the goals, without it sizes that a software adapter manages
set -euo pipefail
cd "$(dirname "$0")/.."
export XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-/tmp}"
kit=target/gpu-kit

# The newest executable that cargo built for a test or bench.
built() { find target/release/deps -maxdepth 1 -type f -name "$1-*" -perm -u+x -printf '%T@ %p\n' | sort -rn | head -1 | cut -d' ' -f2; }

prepare() {
    cargo build --release --locked --bins --bench device --bench poisson --bench panel
    cargo test --release --locked --test gpu --no-run
    mkdir -p "$kit"
    cp target/release/thermsolve "$kit/thermsolve"
    for name in device poisson panel gpu; do cp "$(built $name)" "$kit/$name"; done
    strip "$kit"/*
    du -sh "$kit"
}

if [ "${1:-}" = prepare ]; then
    prepare
    exit
fi
[ -x "$kit/device" ] || prepare
size="${1:-small}"
"$kit/thermsolve" devices
command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,clocks.max.mem --format=csv
nproc
echo "== checks: kernels against their twins, fields against the CPU"
CARGO_BIN_EXE_thermsolve="$kit/thermsolve" "$kit/gpu" --include-ignored --test-threads=1
echo "== the GPU"
"$kit/device" gpu "$size"
echo "== the CPU of the same machine"
"$kit/device" cpu "$size"
echo "== where the time of a case goes"
case=tests/cases/small.toml
[ "$size" = full ] && case=cases/rack_1mw.toml
for backend in gpu cpu; do "$kit/thermsolve" "$case" --backend "$backend" --profile --out target/gpu-out | grep -A99 -E "^field model|^time:"; done
echo "== a peer: conjugate gradients with Jacobi in f64 on the same cube (a Python with CuPy, or torch with CUDA, in PEER_PYTHON)"
n=32
[ "$size" = full ] && n=256
"${PEER_PYTHON:-python3}" benches/peers/gpu_cg.py "$n" "${PEER_DEVICE:-cuda}" 2>&1 | tail -1 || echo "    not there, not measured"
