//! Many radiators of given dimensions: by the sizing model on the host, by its kernel on a device.

use super::armour::{MOST_WALL_M, Wall};
use super::optimum::{carriers, cost_kg, weighed_kg};
use super::radiator::{EXTRA_FRICTION, HEADER_TAPER, LEAST_WALL_M, Point, Surroundings, VELOCITY_HEADS, Variables, evaluate};
use crate::backend::{Backend, DeviceError, Real, light_map, parallel_map};
use crate::conduction::stream::Stream;
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::flux_curve;
use crate::fin;
use crate::kernels::size_design::{self, NO_LENGTH_M, SizeDesignParams};
use crate::model::Model;
use std::f64::consts::PI;

/// Why a design is none, in the order in which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The surroundings are too warm for the coolant.
    Sink,
    /// The pumps would need more power than the load.
    Unpumpable,
    /// Heat pipes or a two-phase coolant beyond what they carry.
    Carrier,
    /// No wall keeps the punctures down, or it leaves no room for a fin.
    UnsafeWall,
    /// Tubes longer than allowed.
    TooLong,
    /// Tubes shorter than allowed.
    TooShort,
}

/// What came of a design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rated {
    /// Tube length, m; infinite where there is none.
    pub length_m: f64,
    /// Tube wall, m.
    pub wall_m: f64,
    /// Pump power, W.
    pub pump_w: f64,
    /// Punctures expected over allowed; 0 without armour.
    pub punctures: f64,
    /// Mass with margins, kg.
    pub mass_kg: f64,
    /// What is minimised: see [`cost_kg`].
    pub cost_kg: f64,
    /// Fin efficiency.
    pub fin_efficiency: f64,
    /// Drop from coolant to sheet, K.
    pub film_drop_k: f64,
    /// Why it is no design, if it is none.
    pub failure: Option<Failure>,
}

/// A surroundings' radiators on one backend.
#[derive(Debug)]
pub struct Batch<'a, B: Backend> {
    backend: &'a B,
    model: &'a Model,
    around: Surroundings,
    on_device: Option<Prepared<B>>,
}

/// What a kernel needs beside the designs.
#[derive(Debug)]
struct Prepared<B: Backend> {
    params: SizeDesignParams,
    fins: B::Array<B::Real>,
    curves: B::Array<B::Real>,
}

const _: () = assert!(
    size_design::MOST_LAMBDA == fin::MOST_LAMBDA
        && size_design::MOST_U == fin::MOST_U
        && size_design::PATCHES[0] == fin::PATCHES[0]
        && size_design::PATCHES[1] == fin::PATCHES[1]
        && size_design::TERMS == fin::TERMS
        && size_design::TERMS == flux_curve::TERMS
);

/// Whether the kernel covers a case: liquid in tubes, fluxes by laws or no armour. Everything else is evaluated on the host.
pub fn is_covered(model: &Model) -> bool {
    let tables = |a: &crate::model::armour::Armour| a.curves.iter().any(|c| c.series.is_empty());
    model.radiator.heat_pipes.is_none() && model.two_phase.is_none() && !model.armour.as_ref().is_some_and(tables)
}

/// Which bound a design breaks, if any, in the order of [`Failure`]; those of the search, punctures to 1e-4.
fn failure(model: &Model, v: &Variables, r: &Rated) -> Option<Failure> {
    let (low_m, high_m) = model.radiator.length_m;
    let broken = [
        (!r.length_m.is_finite(), Failure::Sink),
        (r.pump_w > model.load.power_w || !r.pump_w.is_finite(), Failure::Unpumpable),
        (r.punctures > 1.0 + 1e-4 || model.armour.is_some() && v.bore_m + 2.0 * r.wall_m >= v.pitch_m, Failure::UnsafeWall),
        (r.length_m > high_m * (1.0 + 1e-4), Failure::TooLong),
        (r.length_m < low_m * (1.0 - 1e-4), Failure::TooShort),
    ];
    broken.into_iter().find(|b| b.0).map(|b| b.1)
}

/// A design by the sizing model.
pub fn rate(model: &Model, around: Surroundings, v: &Variables) -> Rated {
    let p: Point = evaluate(model, around, *v, model.return_k, model.supply_k);
    let mut rated = Rated {
        length_m: p.length_m,
        wall_m: p.wall_m,
        pump_w: p.pump_w,
        punctures: p.protection.map_or(0.0, |p| p.expected() / p.allowed),
        mass_kg: p.mass.total_kg,
        cost_kg: cost_kg(model, &p),
        fin_efficiency: p.fin_efficiency,
        film_drop_k: p.film_drop_k,
        failure: None,
    };
    let carried = carriers(model, &p, (model.return_k, model.supply_k)).is_ok();
    rated.failure = match failure(model, v, &rated) {
        None | Some(Failure::UnsafeWall | Failure::TooLong | Failure::TooShort) if !carried => Some(Failure::Carrier),
        other => other,
    };
    rated
}

impl<'a, B: Backend> Batch<'a, B> {
    /// On the host by the sizing model in f64, on a device by the kernel where it covers the case.
    pub fn new(backend: &'a B, model: &'a Model, around: Surroundings) -> Result<Self, DeviceError> {
        if backend.is_host() || !is_covered(model) {
            return Ok(Self { backend, model, around, on_device: None });
        }
        Self::by_kernel(backend, model, around)
    }

    /// By the kernel, on the host by its twin. Only for a case that [`is_covered`].
    pub fn by_kernel(backend: &'a B, model: &'a Model, around: Surroundings) -> Result<Self, DeviceError> {
        assert!(is_covered(model), "the kernel does not cover the case");
        let (params, [fins, curves]) = inputs(model, around);
        let prepared = Prepared { params, fins: backend.upload_reals(&fins)?, curves: backend.upload_reals(&curves)? };
        Ok(Self { backend, model, around, on_device: Some(prepared) })
    }

    /// Whether the kernel evaluates.
    pub fn is_by_kernel(&self) -> bool {
        self.on_device.is_some()
    }

    /// Evaluates designs, and says how many of them the kernel left to the host since its series end before them: fins of λ > 9 or
    /// of `T_s⁴/T_b⁴` > 0.98, particles beyond the curves.
    ///
    /// Truth: `map::the_kernel_is_the_sizing_model`.
    pub fn rate(&self, designs: &[Variables]) -> Result<(Vec<Rated>, usize), DeviceError> {
        let Some(p) = &self.on_device else {
            return Ok((parallel_map(designs.len(), |k| rate(self.model, self.around, &designs[k])), 0));
        };
        let written = designs.iter().map(|v| [v.pitch_m, v.sheet_m, v.bore_m, v.tubes_per_loop].map(B::Real::of)).collect();
        let written = self.backend.upload_vec::<[B::Real; 4]>(written)?;
        let mut numbers = self.backend.upload_vec(vec![[B::Real::ZERO; size_design::NUMBERS]; designs.len()])?;
        #[expect(clippy::cast_possible_truncation, reason = "launches are far below 2^32")]
        let params = SizeDesignParams { count: designs.len() as u32, ..p.params };
        let inputs = size_design::Inputs { designs: &written, fins: &p.fins, curves: &p.curves };
        self.backend.launch::<size_design::Kernel>(&params, inputs, &mut numbers, designs.len());
        let numbers = self.backend.download(&numbers)?;
        let left = numbers.iter().filter(|n| n[7] == B::Real::ZERO).count();
        let rated = light_map(designs.len(), |k| {
            let n = numbers[k].map(Real::get);
            if n[7] == 0.0 { rate(self.model, self.around, &designs[k]) } else { self.rated(&designs[k], n) }
        });
        Ok((rated, left))
    }

    /// What the kernel's numbers say.
    fn rated(&self, v: &Variables, n: [f64; size_design::NUMBERS]) -> Rated {
        let model = self.model;
        let [length_m, wall_m, pump_w, punctures, mass_kg, fin_efficiency, film_drop_k, _] = n;
        let length_m = if length_m < 0.1 * NO_LENGTH_M { length_m } else { f64::INFINITY };
        #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
        let planform_m2 = v.tubes_per_loop * model.radiator.loops as f64 * v.pitch_m * length_m;
        let left_w = model.base_heat_w() + pump_w - self.around.cells_w_m2 * planform_m2;
        let cost_kg = weighed_kg(model, mass_kg, pump_w, left_w);
        let mut rated =
            Rated { length_m, wall_m, pump_w, punctures, mass_kg, cost_kg, fin_efficiency, film_drop_k, failure: None };
        rated.failure = failure(model, v, &rated);
        rated
    }
}

/// What the kernel needs beside the designs: the uniform, the series of the fin and those of the fluxes.
pub fn inputs(model: &Model, around: Surroundings) -> (SizeDesignParams, [Vec<f64>; 2]) {
    let curves = model.armour.as_ref().map_or(&[][..], |a| &a.curves);
    let mut series: Vec<f64> = curves.iter().flat_map(|c| c.series.iter().flatten().copied()).collect();
    // No buffer is empty.
    series.resize(series.len().max(1), 0.0);
    (params(model, around), [model.radiator.profile.coefficients(), series])
}

/// All of a case that its designs share.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "to the precision of the device; counts are small"
)]
fn params(model: &Model, around: Surroundings) -> SizeDesignParams {
    let (r, m) = (&model.radiator, &model.mass);
    let (inlet_k, outlet_k) = (model.return_k, model.supply_k);
    let stream = Stream::between(model, inlet_k, outlet_k);
    let l = stream.liquid;
    let pumps = m.pumps();
    let prandtl = l.viscosity_pa_s * l.specific_heat_j_kgk / l.conductivity_w_mk;
    let sink_k = around.sink_k4.max(0.0).sqrt().sqrt();
    let bore = |velocity_m_s: f64| (4.0 / (l.density_kg_m3 * PI * velocity_m_s)).sqrt();
    // Laws behind a sheet of one metre, to which the kernel adds that of the design.
    let laws = Wall::of(model, 2.0).map(|wall| wall.laws());
    let far = |lines: Option<[f64; 3]>| lines.unwrap_or_default().map(|x| x.max(-1e9) as f32);
    let [meteoroids, debris] = [laws.map(|l| l.meteoroids), laws.and_then(|l| l.debris)].map(far);
    let of_curve = |k: usize| {
        let curve = model.armour.as_ref().and_then(|a| a.curves.get(k));
        curve.map_or((0, [0.0; 3]), |c| (c.series.len() as u32, [c.first, c.per, c.shift.max(-1e4)].map(|x| x as f32)))
    };
    let ((meteoroid_pieces, of_meteoroids), (debris_pieces, of_debris)) = (of_curve(0), of_curve(1));
    SizeDesignParams {
        count: 0,
        meteoroid_pieces,
        debris_pieces,
        loops: r.loops as f32,
        active_loops: model.active_loops() as f32,
        inlet_k: inlet_k as f32,
        drop_k: (inlet_k - outlet_k) as f32,
        sink: (sink_k / inlet_k) as f32,
        above_in: ((inlet_k - sink_k) / inlet_k) as f32,
        above_out: ((outlet_k - sink_k) / inlet_k) as f32,
        emission_w_m2: (2.0 * r.emissivity() * STEFAN_BOLTZMANN * inlet_k.powi(4)) as f32,
        field_factor: around.field_factor as f32,
        sheet_w_mk: r.conductivity_w_mk as f32,
        sheet_mean: r.profile.mean() as f32,
        joint_m_k_per_w: r.joint_m_k_per_w as f32,
        base_heat_w: model.base_heat_w() as f32,
        heat_j_per_kg: stream.heat_j_per_kg as f32,
        density_kg_m3: l.density_kg_m3 as f32,
        viscosity_pa_s: l.viscosity_pa_s as f32,
        conductivity_w_mk: l.conductivity_w_mk as f32,
        prandtl: prandtl as f32,
        prandtl_less: (prandtl.powf(2.0 / 3.0) - 1.0) as f32,
        extra_friction: EXTRA_FRICTION as f32,
        velocity_heads: VELOCITY_HEADS as f32,
        loop_drop_pa: model.loop_drop_pa as f32,
        pump_efficiency: model.pump_efficiency as f32,
        least_wall_m: r.wall_m as f32,
        most_wall_m: MOST_WALL_M as f32,
        ln_exposure: laws.zip(model.armour.as_ref()).map_or(0.0, |(l, a)| (l.exposure() / a.allowed).ln()) as f32,
        meteoroid_bare: meteoroids[0],
        meteoroid_bumper: meteoroids[1],
        meteoroid_thin: meteoroids[2],
        debris_bare: debris[0],
        debris_bumper: debris[1],
        debris_thin: debris[2],
        meteoroid_first: of_meteoroids[0],
        meteoroid_per: of_meteoroids[1],
        meteoroid_shift: of_meteoroids[2],
        debris_first: of_debris[0],
        debris_per: of_debris[1],
        debris_shift: of_debris[2],
        header_bore: (HEADER_TAPER * bore(m.header_velocity_m_s.si())) as f32,
        trunk_bore: bore(m.trunk_velocity_m_s.si()) as f32,
        line_wall_m: LEAST_WALL_M as f32,
        material_kg_m3: r.density_kg_m3 as f32,
        sleeve_m: m.sleeve_mm.si() as f32,
        standoff_m: m.sleeve_standoff_mm.si() as f32,
        areal_kg_m2: (r.coating_kg_m2 + m.core_kg_m2.get() + m.structure_kg_m2.get()) as f32,
        accumulator: m.accumulator.get() as f32,
        pumps_kg: (pumps * m.pump_kg_per_loop.get() * r.loops as f64) as f32,
        pump_kg_per_w: (pumps * m.pump_kg_per_kw.si()) as f32,
        dry_margin: m.dry_margin.get() as f32,
        coolant_margin: m.coolant_margin.get() as f32,
    }
}
