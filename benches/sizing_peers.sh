#!/usr/bin/env bash
# The 1 MW question by the one-node calculators of PyPI and by the sizing model, in one run on one machine:
#
#     benches/sizing_peers.sh
#
# spacedc-mdao 0.4.2 evaluates its own 1 MW scenario (masses from areas and catalogue values, nothing optimised); orbital-thermal 1.1.0
# gives the area of one node at the coolant's mean temperature. Neither sizes tubes, fins, pumps or armour.
set -euo pipefail
cd "$(dirname "$0")/.."
place=target/sizing_peers
if [ ! -x "$place/bin/python" ]; then
    python3 -m venv "$place"
    "$place/bin/pip" install -q spacedc-mdao==0.4.2 orbital-thermal==1.1.0
    "$place/bin/pip" download -q --no-deps --no-binary :all: spacedc-mdao==0.4.2 -d "$place"
    tar xzf "$place"/spacedc_mdao-0.4.2.tar.gz -C "$place"
fi
"$place/bin/python" - "$place/spacedc_mdao-0.4.2/examples/scenarios/orbital_1mw_inference.yaml" <<'END'
import statistics
import sys
import time

import orbital_thermal
import orbitdc


def rate(run, count):
    """Runs per CPU second, the median of five."""
    rates = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(count):
            run()
        rates.append(count / (time.process_time() - start))
    return statistics.median(rates)


scenario = orbitdc.load_scenario(sys.argv[1])
found = orbitdc.evaluate(scenario)
asked, mass = found.details, found.mass_breakdown_kg
print(f"spacedc-mdao: {asked['radiator_area_required_m2']:.0f} m2 of radiator at {asked['radiator_t_rad_k']:.0f} K, "
      f"{mass['radiator']:.0f} kg; satellite {found.dry_mass_kg:.0f} kg")
print(f"spacedc-mdao: {rate(lambda: orbitdc.evaluate(scenario), 500):.0f} evaluations per CPU second")
area = lambda: orbital_thermal.required_area(1.0596e6, 325.65, 0.91, 205.75)
print(f"orbital-thermal: {area() / 2:.0f} m2 of planform, {rate(area, 100_000):.0f} evaluations per CPU second")
END
cargo bench --bench sizing --locked
