//! Tables of fluxes.
#![no_main]

use thermsolve::environment::particles::{Flux, FluxTable, Population};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(table) = FluxTable::parse(text) {
        table.range_m();
        let flux = Flux::Table(table);
        let population = Population { density_kg_m3: 2800.0, velocity_m_s: 1e4, scale: 1.0, flux };
        std::hint::black_box([1e-9, 1e-4, 1.0].map(|d| population.per_m2_year(d)));
    }
});
