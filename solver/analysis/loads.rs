//! Loads of a flight in time: absorbed sunlight, albedo and planet infrared, electricity drawn, rack power.

use super::OrbitState;
use super::assemble::cells_on;
use super::exchange::Exchange;
use super::layout::Layout;
use crate::backend::parallel_map;
use crate::case::transient::{Between, Clock, Coating, Profile, RackPower};
use crate::environment::Timeline;
use crate::model::{Model, Optics};
use crate::network::Network;
use crate::radiation::exchange::irradiation;
use crate::radiation::heating::Incident;
use crate::radiation::view_factor::ViewFactors;
use crate::solve::transient::Drive;

/// Absorbed fluxes at the positions of a timeline, linear in time between them; sunlight times what is seen of the Sun.
/// Exchange follows in the same way.
#[derive(Debug)]
pub struct Heating<'a> {
    /// When the surfaces are where.
    pub timeline: Timeline,
    exchange: &'a Exchange,
    /// Absorbed W/m² by position and surface, sunlight before the planet's shadow.
    solar: Vec<Vec<f64>>,
    albedo: Vec<Vec<f64>>,
    planet_ir: Vec<Vec<f64>>,
    events_s: Vec<f64>,
}

/// Values of a field by surface and position, those of one position.
fn column(field: &[f64], positions: usize, position: usize) -> Vec<f64> {
    field.iter().skip(position).step_by(positions).copied().collect()
}

impl<'a> Heating<'a> {
    /// Absorbed fluxes of every position, reflections included. Factors: in the infrared, and in sunlight.
    pub fn new(
        timeline: &Timeline,
        optics: &[Optics],
        exchange: &'a Exchange,
        (factors, in_sunlight): (&ViewFactors, &ViewFactors),
        incident: &Incident,
    ) -> Self {
        let n = timeline.positions.len();
        let zero = vec![0.0; optics.len()];
        let absorptivity: Vec<f64> = optics.iter().map(|o| o.absorptivity).collect();
        let emissivity: Vec<f64> = optics.iter().map(|o| o.emissivity).collect();
        let absorbed = |sunlight: bool, field: &[f64], taken: &[f64]| -> Vec<Vec<f64>> {
            let reflectance: Vec<f64> = taken.iter().map(|a| 1.0 - a).collect();
            let mut all = vec![vec![]; n];
            let mut of_pose = |pose: usize, factors: &ViewFactors| {
                for k in (0..n).filter(|k| timeline.pose_of[*k] == pose) {
                    let received = irradiation(factors, &reflectance, &zero, &column(field, n, k));
                    all[k] = received.iter().zip(taken).map(|(h, a)| h * a).collect();
                }
            };
            if sunlight {
                exchange.each_in_sunlight(in_sunlight, &mut of_pose);
            } else {
                exchange.each(factors, &mut of_pose);
            }
            all
        };
        let mut events_s: Vec<f64> = timeline.events.iter().map(|e| e.time_s).collect();
        events_s.sort_by(f64::total_cmp);
        Self {
            exchange,
            solar: absorbed(true, &incident.sunlight_w_m2(), &absorptivity),
            albedo: absorbed(true, &incident.albedo_w_m2, &absorptivity),
            planet_ir: absorbed(false, &incident.planet_ir_w_m2, &emissivity),
            events_s,
            timeline: timeline.clone(),
        }
    }
}

impl Drive for Heating<'_> {
    fn apply(&self, time_s: f64, network: &mut Network) {
        let (a, b, s) = self.timeline.between(time_s);
        if let Some(factors) = &mut network.factors {
            self.exchange.mix((a, b, s), factors);
        }
        let lit = self.timeline.illumination(time_s);
        let mix = |field: &[Vec<f64>], i: usize| field[a][i] + s * (field[b][i] - field[a][i]);
        for (i, surface) in network.surfaces.iter_mut().enumerate() {
            surface.solar_w_m2 = lit * mix(&self.solar, i);
            surface.albedo_w_m2 = mix(&self.albedo, i);
            surface.planet_ir_w_m2 = mix(&self.planet_ir, i);
        }
    }

    fn next_event_s(&self, after_s: f64) -> f64 {
        let (period, cyclic) = (self.timeline.period_s, self.timeline.cyclic);
        let of_orbit = self.events_s.iter().filter(|e| cyclic || **e > after(after_s, period));
        of_orbit.map(|e| if cyclic { next_s(*e, period, after(after_s, period)) } else { *e }).fold(f64::INFINITY, f64::min)
    }
}

/// An event that is here already is not the next one.
fn after(after_s: f64, period_s: f64) -> f64 {
    after_s + 1e-9 * period_s
}

/// When an event that returns with a period returns next.
fn next_s(event_s: f64, period_s: f64, after_s: f64) -> f64 {
    event_s + ((after_s - event_s) / period_s).ceil().max(0.0) * period_s
}

/// Loads of a design: heating, electricity drawn from the array, racks, coatings in time.
#[derive(Debug)]
pub struct Loads<'a> {
    heating: Heating<'a>,
    /// Direct sunlight, W/m².
    direct: Vec<Vec<f64>>,
    /// Cells of array and radiator: node, surface, area × packing × efficiency (m²), temperature coefficient (1/K).
    cells: Vec<(usize, usize, f64, f64)>,
    /// Node of the racks, their heat at full load, heat that is always there, W.
    racks: (usize, f64, f64),
    power: Power,
    coating: Coat,
}

/// [`Profile`] in seconds.
#[derive(Debug)]
struct Course {
    at_s: Vec<f64>,
    fraction: Vec<f64>,
    lines: bool,
}

impl Course {
    fn new(p: &Profile, period_s: f64) -> Self {
        let unit = if p.by == Clock::Orbits { period_s / 60.0 } else { 1.0 };
        let at_s = p.at.iter().map(|t| unit * t.si()).collect();
        Self { at_s, fraction: p.fraction.iter().map(|f| f.get()).collect(), lines: p.between == Between::Lines }
    }

    fn period_s(&self) -> f64 {
        self.at_s[self.at_s.len() - 1]
    }

    fn at(&self, time_s: f64) -> f64 {
        let (at, fraction) = (&self.at_s, &self.fraction);
        let t = time_s.rem_euclid(self.period_s());
        let k = at.partition_point(|x| *x <= t).clamp(1, at.len() - 1);
        let share = if self.lines { (t - at[k - 1]) / (at[k] - at[k - 1]) } else { 0.0 };
        fraction[k - 1] + share * (fraction[k] - fraction[k - 1])
    }

    /// Times at which it jumps or bends, with their period.
    fn events(&self) -> impl Iterator<Item = (f64, f64)> {
        self.at_s.iter().map(|t| (*t, self.period_s()))
    }
}

/// [`RackPower`] in seconds.
#[derive(Debug)]
struct Power {
    modes: (f64, f64),
    profile: Option<Course>,
    /// Period, time on.
    duty: Option<(f64, f64)>,
}

/// [`Coating`] in seconds, on the first surfaces. Truth: `in_time::a_coating_in_time_is_the_coating`.
#[derive(Debug)]
struct Coat {
    surfaces: usize,
    /// Emissivity at fraction 1 where no temperature changes it.
    whole: f64,
    emissivity: Option<Course>,
    absorptivity: Option<Course>,
}

impl Coat {
    /// Puts optics into a network that holds the loads of whole ones; `of` gives the fraction of each.
    fn apply(&self, network: &mut Network, of: impl Fn(&Course) -> f64) {
        let surfaces = &mut network.surfaces[..self.surfaces];
        if let Some(fraction) = self.absorptivity.as_ref().map(&of) {
            for s in &mut *surfaces {
                s.solar_w_m2 *= fraction;
                s.albedo_w_m2 *= fraction;
            }
        }
        if let Some(fraction) = self.emissivity.as_ref().map(&of) {
            for s in surfaces {
                s.planet_ir_w_m2 *= fraction;
                s.emissivity = fraction * self.whole;
            }
            network.by_temperature.emissivity.iter_mut().for_each(|(_, _, base)| *base = fraction * self.whole);
        }
    }
}

impl Power {
    fn new(p: &RackPower, period_s: f64) -> Self {
        let profile = p.profile.as_ref().map(|p| Course::new(p, period_s));
        let duty = p.duty.map(|d| (d.period_min.si(), d.on.get() * d.period_min.si()));
        Self { modes: (p.sunlight.get(), p.eclipse.get()), profile, duty }
    }

    /// Part of the load at a time.
    fn at(&self, time_s: f64, lit: bool) -> f64 {
        let mode = if lit { self.modes.0 } else { self.modes.1 };
        let profile = self.profile.as_ref().map_or(1.0, |p| p.at(time_s));
        let duty = self.duty.is_none_or(|(period, on)| time_s.rem_euclid(period) < on);
        mode * profile * f64::from(u8::from(duty))
    }

    /// Times at which it jumps or bends, with their period.
    fn events(&self) -> Vec<(f64, f64)> {
        let of_duty = self.duty.iter().flat_map(|(period, on)| [(0.0, *period), (*on, *period)]);
        self.profile.iter().flat_map(Course::events).chain(of_duty).collect()
    }
}

impl<'a> Loads<'a> {
    /// Absorbed fluxes of every position, reflections included. `racks` is their node and heat at full load; `constant_w` is
    /// what the node gets beside it.
    pub fn new(
        model: &Model,
        orbit: &OrbitState,
        layout: &Layout,
        (exchange, factors, incident): (&'a Exchange, &ViewFactors, &Incident),
        network: &Network,
        racks: (usize, f64, f64),
        (power, coating): (&RackPower, &Coating),
    ) -> Self {
        let timeline = &orbit.timeline;
        let n = timeline.positions.len();
        let optics: Vec<Optics> = layout.sides.iter().map(|s| s.optics).collect();
        let in_sunlight = network.factors_in_sunlight.as_ref().unwrap_or(factors);
        let cells = network.faces.iter().filter_map(|f| {
            let c = cells_on(model, layout, f.surface)?;
            Some((f.node, f.surface, f.area_m2 * c.packing * c.efficiency, c.temperature_coefficient_per_k))
        });
        Self {
            heating: Heating::new(timeline, &optics, exchange, (factors, in_sunlight), incident),
            direct: parallel_map(n, |k| column(&incident.solar_w_m2, n, k)),
            cells: cells.collect(),
            racks,
            power: Power::new(power, timeline.period_s),
            coating: Coat {
                surfaces: layout.radiator_sides(),
                whole: model.radiator.emissivity(),
                emissivity: coating.emissivity.as_ref().map(|p| Course::new(p, timeline.period_s)),
                absorptivity: coating.absorptivity.as_ref().map(|p| Course::new(p, timeline.period_s)),
            },
        }
    }

    /// What is seen of the Sun.
    pub fn illumination(&self, time_s: f64) -> f64 {
        self.heating.timeline.illumination(time_s)
    }

    /// Mean over an orbit by two thousand instants.
    fn mean(&self, at: impl Fn(f64) -> f64) -> f64 {
        (0..2000).map(|k| at(self.heating.timeline.period_s * (f64::from(k) + 0.5) / 2000.0)).sum::<f64>() / 2000.0
    }

    /// Heat of the racks' node over an orbit, W.
    pub fn mean_rack_w(&self) -> f64 {
        self.racks.1 * self.mean(|t| self.rack_fraction(t)) + self.racks.2
    }

    /// Puts the means of the coating's optics over an orbit into a network with orbit-average loads.
    pub fn coat_in_the_mean(&self, network: &mut Network) {
        self.coating.apply(network, |course| self.mean(|t| course.at(t)));
    }

    /// Part of the rack load at a time.
    pub fn rack_fraction(&self, time_s: f64) -> f64 {
        self.power.at(time_s, self.illumination(time_s) > 0.0)
    }
}

impl Drive for Loads<'_> {
    fn apply(&self, time_s: f64, network: &mut Network) {
        self.heating.apply(time_s, network);
        let (a, b, s) = self.heating.timeline.between(time_s);
        let lit = self.illumination(time_s);
        let mix = |field: &[Vec<f64>], i: usize| field[a][i] + s * (field[b][i] - field[a][i]);
        self.coating.apply(network, |course| course.at(time_s));
        self.cells.iter().for_each(|(node, ..)| network.internal[*node].at_reference_w = 0.0);
        for (node, surface, converting_m2, coefficient_per_k) in &self.cells {
            let q = &mut network.internal[*node];
            q.at_reference_w -= converting_m2 * lit * mix(&self.direct, *surface);
            q.slope_w_per_k = q.at_reference_w * coefficient_per_k;
        }
        let (node, full_w, constant_w) = self.racks;
        network.internal[node].at_reference_w = full_w * self.power.at(time_s, lit > 0.0) + constant_w;
    }

    fn next_event_s(&self, after_s: f64) -> f64 {
        let from = after(after_s, self.heating.timeline.period_s);
        let of_coating = [&self.coating.emissivity, &self.coating.absorptivity].into_iter().flatten().flat_map(Course::events);
        let of_profiles = self.power.events().into_iter().chain(of_coating).map(|(event, period)| next_s(event, period, from));
        of_profiles.fold(self.heating.next_event_s(after_s), f64::min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::transient::{Duty, Profile};
    use crate::quantity::{Fraction, Minutes};

    #[test]
    fn rack_power_is_mode_times_profile_times_duty() {
        let minutes = |x: f64| Minutes::new(x).unwrap();
        let part = |x: f64| Fraction::new(x).unwrap();
        let profile = |between| Profile {
            by: Clock::Orbits,
            at: vec![minutes(0.0), minutes(0.5), minutes(1.0)],
            fraction: vec![part(0.2), part(1.0), part(0.2)],
            between,
        };
        let duty = Some(Duty { period_min: minutes(10.0), on: part(0.6) });
        let rack = |between, duty| RackPower { sunlight: part(1.0), eclipse: part(0.5), profile: Some(profile(between)), duty };
        let steps = Power::new(&rack(Between::Steps, None), 6000.0);
        assert_eq!(
            (steps.at(0.0, true), steps.at(2999.0, true), steps.at(3000.0, true), steps.at(6000.0, false)),
            (0.2, 0.2, 1.0, 0.1)
        );
        let lines = Power::new(&rack(Between::Lines, None), 6000.0);
        assert!((lines.at(1500.0, true) - 0.6).abs() < 1e-12 && (lines.at(7500.0, false) - 0.3).abs() < 1e-12);
        let cycled = Power::new(&rack(Between::Steps, duty), 6000.0);
        assert_eq!((cycled.at(3359.0, true), cycled.at(3361.0, true), cycled.at(3600.0, true)), (1.0, 0.0, 1.0));
    }
}
