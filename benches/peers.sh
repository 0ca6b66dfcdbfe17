#!/usr/bin/env bash
# Times thermsolve beside other programs on one core, alternating, in CPU seconds: benches/peers.sh [N ...]
#
# Peers are separate programs: hypre (Debian libhypre-dev, openmpi), its BoomerAMG through PETSc (libpetsc-real-dev), OpenFOAM
# (openfoam), scipy and PyAMG (a Python in PEER_PYTHON), amgcl (its source in AMGCL); the drivers of all but the last in PEERS, a
# folder with p1_hypre.c, p1_petsc.c, p1_foam.sh, p2_foam.sh, p2_scipy.py and p2_ref.py. What is not there is left out with a line
# that says so.
set -uo pipefail
cd "$(dirname "$0")/.."
export RAYON_NUM_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
sizes="${*:-64 128 200}"
peers="$(realpath "${PEERS:-../shared/peers}")"
python="${PEER_PYTHON:-python3}"
work=target/peers
mkdir -p "$work"
core() { taskset -c 0 /usr/bin/time -f '    %U+%S CPU s, %e s, %M KiB for the whole process' "$@"; }
built() { find target/release/deps -maxdepth 1 -type f -name "$1-*" -perm -u+x -printf '%T@ %p\n' | sort -rn | head -1 | cut -d' ' -f2; }
absent() { echo "    not there, not measured: $1"; }

cargo build --release --locked --bench poisson --bench panel
mpicc -O3 -march=native -I/usr/include/hypre "$peers/p1_hypre.c" -o "$work/hypre" -lHYPRE -lm 2>/dev/null
petsc="$(pkg-config --cflags --libs petsc 2>/dev/null)" && mpicc -O3 -march=native "$peers/p1_petsc.c" -o "$work/petsc" $petsc -lm
boomer=(-pc_type hypre -pc_hypre_type boomeramg -pc_hypre_boomeramg_coarsen_type HMIS -pc_hypre_boomeramg_agg_nl 1
    -pc_hypre_boomeramg_strong_threshold 0.5 -pc_hypre_boomeramg_P_max 4 -pc_hypre_boomeramg_relax_type_all symmetric-SOR/Jacobi)
foam() { if command -v blockMesh >/dev/null; then (cd "$work" && core bash "$peers/$1" "${@:2}" | tail -1); else absent OpenFOAM; fi; }
[ -n "${AMGCL:-}" ] && g++ -O3 -march=native -fopenmp -DAMGCL_NO_BOOST -I"$AMGCL" benches/peers/amgcl.cpp -o "$work/amgcl"
uptime
for round in 1 2 3; do
    for n in $sizes; do
        echo "== Poisson $n, round $round"
        core "$(built poisson)" "$n" block
        core "$(built poisson)" "$n" graph
        if [ -x "$work/hypre" ]; then core "$work/hypre" "$n"; else absent hypre; fi
        if [ -x "$work/petsc" ]; then core "$work/petsc" -N "$n" -label boomer "${boomer[@]}"; else absent BoomerAMG; fi
        foam p1_foam.sh "$n" 1 GAMG
        if [ -x "$work/amgcl" ]; then core "$work/amgcl" "$n"; else absent amgcl; fi
    done
done
for kind in variable orthotropic; do
    for n in $sizes; do
        for form in block graph; do core "$(built poisson)" "$n" "$form" "$kind"; done
    done
done
for size in "2000 400" "4000 800"; do
    echo "== radiating panel $size"
    for kind in strips few orthotropic contact; do core "$(built panel)" $size "$kind"; done
    foam p2_foam.sh "${size% *}" "$((${size#* } / 400))" 12
    for method in cgjac pyamg splu; do
        (cd "$peers" && core "$python" p2_scipy.py $size "$method") || absent "scipy $method"
    done
done
uptime
