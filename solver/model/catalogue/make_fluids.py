#!/usr/bin/env python3
"""Writes fluids.csv from CoolProp (pip install CoolProp): liquid properties on an even temperature grid, SI units.

Saturated liquid and its vapour for pure fluids, the incompressible backend at 3 MPa for glycol mixtures (mass fraction in the name),
which have no vapour columns.
Not used on purpose: INCOMP::NaK is a nitrate salt, INCOMP::HFE returns a wrong conductivity.

    python3 make_fluids.py            writes fluids.csv beside this file
    python3 make_fluids.py --check    compares CoolProp with what the program interpolates (`thermsolve fluid NAME T_K`)
"""
import os
import subprocess
import sys

import CoolProp
from CoolProp.CoolProp import PropsSI

FLUIDS = {  # name: (CoolProp name, lowest, highest temperature in K)
    "ammonia": ("Ammonia", 200.0, 380.0),
    "water": ("Water", 274.0, 400.0),
    "pg25_water": ("INCOMP::MPG[0.25]", 266.0, 372.0),
    "pg50_water": ("INCOMP::MPG[0.50]", 250.0, 372.0),
    "r245fa": ("R245fa", 250.0, 390.0),
    "co2": ("CO2", 218.0, 285.0),
}
STEP = 1.0
COLUMNS = "fluid,temperature_k,density_kg_m3,specific_heat_j_kgk,conductivity_w_mk,viscosity_pa_s" \
    ",pressure_pa,latent_heat_j_kg,vapour_density_kg_m3,vapour_viscosity_pa_s"
KEYS = "DCLV"


def properties(name, t):
    if name.startswith("INCOMP"):
        return [PropsSI(key, "T", t, "P", 3e6, name) for key in KEYS]
    liquid = [PropsSI(key, "T", t, "Q", 0, name) for key in KEYS]
    latent = PropsSI("H", "T", t, "Q", 1, name) - PropsSI("H", "T", t, "Q", 0, name)
    return liquid + [PropsSI("P", "T", t, "Q", 1, name), latent, PropsSI("D", "T", t, "Q", 1, name), PropsSI("V", "T", t, "Q", 1, name)]


def write():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fluids.csv")
    with open(path, "w") as f:
        f.write(f"# Liquid properties from CoolProp {CoolProp.__version__}, https://github.com/CoolProp/CoolProp, by make_fluids.py\n")
        f.write(COLUMNS + "\n")
        for label, (name, low, high) in FLUIDS.items():
            t = low
            while t <= high + 1e-9:
                f.write(",".join([label, f"{t:g}"] + [f"{x:.9g}" for x in properties(name, t)]) + "\n")
                t += STEP
    print(path)


def check(binary):
    worst = 0.0
    for label, (name, low, high) in FLUIDS.items():
        t = low + 0.37
        while t < high:
            printed = subprocess.run([binary, "fluid", label, repr(t)], check=True, capture_output=True, text=True).stdout
            ours = [float(line.split("=")[1].split()[0]) for line in printed.splitlines() if "=" in line]
            for ours_x, x, key in zip(ours, properties(name, t), COLUMNS.split(",")[2:]):
                error = abs(ours_x / x - 1)
                worst = max(worst, error)
                assert error < 5e-4, f"{label} at {t} K: {key} is {ours_x}, CoolProp {CoolProp.__version__} gives {x}"
            assert len(ours) == len(properties(name, t)), f"{label}: {printed}"
            t += 9.41
    print(f"fluids agree with CoolProp {CoolProp.__version__}: worst relative difference {worst:.1e}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(sys.argv[2])
    else:
        write()
