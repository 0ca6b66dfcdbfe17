#!/usr/bin/env python3
"""Plants mistakes of kinds that thermal codes have had, one at a time, in a scratch copy; builds it and runs
`thermsolve verify --fast`, which must fail. Writes tests/mutations.csv, which the verification document shows.

    tests/mutations.py [PART OF A NAME ...]

On demand: some 40 s a mistake on two cores.
"""
import json, pathlib, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "target" / "mutations"
TREE, TARGET = SCRATCH / "tree", SCRATCH / "target"

# name, file, text that stands there once, text that replaces it
MUTATIONS = [
    ("digits of the Stefan-Boltzmann constant swapped", "solver/constants.rs", "5.670_374", "5.760_374"),
    ("|cos| for max(cos, 0) of sunlight", "solver/kernels/sunlight.rs", "if cosine <= 0.0 {\n        return [0.0; REPLICATES];\n    }", "let cosine = cosine.abs();"),
    ("|cos| for max(cos, 0) of the planet", "solver/kernels/irradiance.rs", "cosine <= 0.0", "cosine == 0.0"),
    ("planet infrared counted twice", "solver/radiation/heating.rs", "planet * timeline.planet_ir_w_m2 +", "2.0 * planet * timeline.planet_ir_w_m2 +"),
    ("albedo without the planet's albedo", "solver/radiation/heating.rs", "ground * timeline.albedo", "ground"),
    ("one side radiates for two", "solver/sizing/radiator.rs", "let faces = 2.0 * self.emissivity", "let faces = self.emissivity"),
    ("absorptance for emittance: absorbed infrared not weighted by it", "solver/solve/heat.rs", "s.external_w_m2() + s.emissivity * irradiation_w_m2[f.surface]", "s.external_w_m2() + irradiation_w_m2[f.surface]"),
    ("degrees for radians in beta", "solver/environment/orbit.rs", "r * beta_rad.cos()", "r * beta_rad.to_degrees().cos()"),
    ("area of the other surface in GR", "solver/radiation/exchange.rs", "emissivity[i] * f.area_m2[i] * h", "emissivity[i] * f.area_m2[j] * h"),
    ("reflections left out", "solver/radiation/exchange.rs", "start[i] + gather(&|k| reflectance[k] * h[k], i)", "start[i] + 0.0 * gather(&|k| reflectance[k] * h[k], i)"),
    ("view factors not closed", "solver/radiation/view_factor.rs", "let change = v * (l[i] + l[j]);", "let change = 0.0 * v * (l[i] + l[j]);"),
    ("reciprocity without the areas", "solver/radiation/view_factor.rs", "(area_m2[i] * f, area_m2[j] * back)", "(area_m2[i] * f, area_m2[i] * back)"),
    ("eclipse inverted", "solver/environment/timeline.rs", "Phase::Sunlit => [half; 2],\n            Phase::Umbra => [0.0; 2],", "Phase::Sunlit => [0.0; 2],\n            Phase::Umbra => [half; 2],"),
    ("altitude for radius", "solver/environment/orbit.rs", "let r = body.radius_m + altitude_m;\n    2.0", "let r = altitude_m;\n    2.0"),
    ("sheet half as thick", "solver/sizing/radiator.rs", "/ (self.conductivity_w_mk * self.sheet_m)", "/ (self.conductivity_w_mk * 0.5 * self.sheet_m)"),
    ("distance between centres halved in conductors", "solver/conduction/mod.rs", "let half = |i: usize, rigid: bool| if rigid && here != there { 0.0 } else { 0.5 * panel.du(i) };", "let half = |i: usize, rigid: bool| if rigid && here != there { 0.0 } else { 0.25 * panel.du(i) };"),
    ("off by one in the compressed rows", "solver/solve/rows.rs", "self.row_start[i] as usize..self.row_start[i + 1] as usize;\n        self.column", "self.row_start[i] as usize..(self.row_start[i + 1] as usize).saturating_sub(1);\n        self.column"),
    ("coolant heated where it cools", "solver/network.rs", "(t * (1.0 - half) + driven[s] / self.capacity_rate_w_per_k)", "(t * (1.0 + half) + driven[s] / self.capacity_rate_w_per_k)"),
    ("T³ for T⁴", "solver/network.rs", "f.area_m2 * node_k[f.node].powi(4)", "f.area_m2 * node_k[f.node].powi(3)"),
    ("rays uniform over the hemisphere, not by cosine", "solver/kernels/trace_exchange.rs", "let z = (1.0 - q[0] * q[0] - q[1] * q[1]).max(0.0).sqrt();", "let h = q[0] * q[0] + q[1] * q[1];\n    let (z, q) = (1.0 - h, q.map(|x| x * (2.0 - h).sqrt()));"),
    ("shadow of the Sun's centre for its disc", "solver/environment/shadow.rs", "self.separation - (self.body - self.sun)", "self.separation - self.body"),
    ("a heater's power counted twice", "solver/solve/transient.rs", "net[*i] += share * state.power_w", "net[*i] += 2.0 * share * state.power_w"),
    ("trapezoidal part of a step forgotten", "solver/solve/method.rs", "rows: &[&[], &[D, D], &[W, W, D]]", "rows: &[&[], &[0.0, D], &[W, W, D]]"),
    ("heat capacity halved", "solver/solve/transient.rs", "per_s * this.network.capacity_j_per_k[i] * (this", "0.5 * per_s * this.network.capacity_j_per_k[i] * (this"),
    ("an occluder is seen through", "solver/kernels/ray.rs", "let before = distance > nearest && distance < hit.distance", "let before = distance > nearest"),
]


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def build():
    of_package = "profile.release.package.thermsolve"
    command = ["cargo", "build", "--release", "--locked", "--offline", "--bin", "thermsolve", "--target-dir", str(TARGET)]
    for setting in ("codegen-units=16", "opt-level=2"):
        command += ["--config", f"{of_package}.{setting}"]
    return run(*command, cwd=TREE)


def verify():
    """Whether all cases passed, and the names of those that did not."""
    try:
        done = run(str(TARGET / "release" / "thermsolve"), "verify", "--fast", "--json", cwd=TREE, timeout=300)
    except subprocess.TimeoutExpired:
        return False, ["no end within 300 s"]
    if done.returncode not in (0, 1) or not done.stdout:
        return False, [f"stops with {done.returncode}"]
    cases = json.loads(done.stdout)["cases"]
    # Not a number is null in JSON.
    near = lambda k: None not in (k["got"], k["expected"]) and abs(k["got"] - k["expected"]) <= k["within"]
    failed = [c["case"] for c in cases if c["failure"] or not all(map(near, c["checks"]))]
    assert (done.returncode == 1) == bool(failed), (done.returncode, failed)
    return not failed, failed


def main():
    wanted = [m for m in MUTATIONS if (not sys.argv[1:] or any(a in m[0] for a in sys.argv[1:]))]
    if TREE.exists():
        shutil.rmtree(TREE)
    for name in run("git", "ls-files", cwd=ROOT).stdout.split():
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, TREE / name)
    if not TARGET.exists() and (ROOT / "target" / "release" / "deps").exists():
        # The dependencies as they are already built.
        TARGET.mkdir(parents=True)
        run("cp", "-a", str(ROOT / "target" / "release"), str(TARGET / "release"))
    made = build()
    assert made.returncode == 0, made.stderr
    passed, failed = verify()
    assert passed, f"cases fail without a mistake: {failed}"
    rows, missed = [], []
    for name, file, old, new in wanted:
        path = TREE / file
        text = path.read_text()
        assert text.count(old) == 1, f"{name}: {text.count(old)} places in {file}"
        path.write_text(text.replace(old, new))
        made = build()
        if made.returncode != 0:
            sys.exit(f"{name} does not compile:\n{made.stderr}")
        passed, failed = verify()
        path.write_text(text)
        rows.append(f"{name};{file};{'MISSED' if passed else 'caught'};{', '.join(failed[:4])}")
        print(rows[-1], flush=True)
        missed += [name] if passed else []
    if not sys.argv[1:]:
        (ROOT / "tests" / "mutations.csv").write_text("\n".join(["mistake;file;verdict;first cases that fail", *rows]) + "\n")
    print(f"{len(rows) - len(missed)} of {len(rows)} mistakes caught")
    sys.exit(1 if missed else 0)


main()
