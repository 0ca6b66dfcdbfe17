//! An assembly in time.

use super::assembly::Assembled;
use super::bodies::Bodies;
use super::components::{Streams, stream, switched};
use super::history::{Frame, take_frames};
use super::loads::Heating;
use super::lumped::Loads;
use super::{AnalysisError, Observer, method};
use crate::backend::Backend;
use crate::case::lumped::March as Written;
use crate::case::transient::Mode;
use crate::model::assembly::Assembly;
use crate::network::Network;
use crate::solve::Rows;
use crate::solve::heat::external_w;
use crate::solve::periodic::{self, Search};
use crate::solve::transient::{Drive, State, Step, Stepping, Transient, Work};

/// Temperatures in time.
#[derive(Debug, Default)]
pub struct March {
    /// Times of the rows, s.
    pub time_s: Vec<f64>,
    /// Temperatures of the lumped nodes at each, K.
    pub node_k: Vec<Vec<f64>>,
    /// Least, mean by volume and greatest temperature of each part at each, K.
    pub parts_k: Vec<Vec<[f64; 3]>>,
    /// Absorbed from outside at each, W.
    pub absorbed_w: Vec<f64>,
    /// Net infrared to space at each, W.
    pub space_w: Vec<f64>,
    /// Temperatures of sensors at each, K.
    pub sensors_k: Vec<Vec<f64>>,
    /// Power of each heater at each, W.
    pub heaters_w: Vec<Vec<f64>>,
    /// Energy of each heater, J, and how often it was switched on.
    pub heated: Vec<(f64, f64)>,
    /// What loops and exchangers stream from each on.
    pub streams: Vec<Streams>,
    /// Least, mean in time and greatest of each node of the network over all steps, K.
    pub range_k: Vec<[f64; 3]>,
    /// All temperatures, evenly in time.
    pub frames: Vec<Frame>,
    /// The search for the orbit that repeats: cycles, distance at its end in K, whether that met its tolerance.
    pub search: Option<(usize, f64, bool)>,
    /// What it took.
    pub work: Work,
}

/// All that changes in time.
pub(super) struct All<'a> {
    /// Sunlight and the planet, of what flies.
    pub heating: Option<Heating<'a>>,
    /// Lumped nodes.
    pub lumped: &'a Loads,
}

impl Drive for All<'_> {
    fn apply(&self, time_s: f64, network: &mut Network) {
        self.heating.iter().for_each(|h| h.apply(time_s, network));
        self.lumped.apply(time_s, network);
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let of_orbit = self.heating.as_ref().map_or(f64::INFINITY, |h| h.next_event_s(after_s));
        of_orbit.min(self.lumped.next_event_s(after_s))
    }
}

/// Cells of each part.
fn cells_of_parts(bodies: &Bodies, parts: usize) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]; parts];
    (0..bodies.cells.len()).for_each(|c| all[bodies.groups[bodies.cells.part[c] as usize].of].push(c));
    all
}

/// What a search found: its end, cycles, distance in K, whether that met its tolerance.
type Found = (State, Option<(usize, f64, bool)>);

/// Seeks the orbit that repeats, from 0 s; the search puts clocks of controllers back to there.
fn repeating<B: Backend>(
    run: &mut Transient<'_, B, &All<'_>>,
    start: State,
    (written, period_s): (&Written, f64),
    observer: &dyn Observer,
) -> Result<Found, AnalysisError> {
    let settings = periodic::Settings {
        period_s,
        tolerance_k: written.cycle_tolerance_k.get(),
        most_cycles: written.most_orbits.get(),
        patience: 5,
    };
    let say = &mut |s: &Search| {
        let last = s.cycles[s.cycles.len() - 1];
        observer.progress(s.cycles.len(), &format!("{:.2e} K from the repeating orbit", last.distance_k));
    };
    let found = periodic::periodic(run, start, settings, say)?;
    let cycles = found.cycles.len() + found.newton_cycles;
    let search = found.cycles.last().map(|last| (cycles, last.distance_k, found.converged));
    Ok((found.state, search))
}

/// Follows an assembly in time from temperatures of all nodes, K. Flows of loops are taken at each row and stay until the next.
/// Errors: the device, no convergence, a loop that does not flow.
///
/// Truth: `networks::a_jump_of_a_boundary_node_is_followed`, `assemblies::*`,
/// `components::flows_in_time_come_to_those_of_the_steady_state`, `components::a_thermostat_keeps_its_duty_cycle`.
pub(super) fn follow<B: Backend>(
    backend: &B,
    (bodies, assembled, model): (&Bodies, &Assembled, &Assembly),
    (written, start_k): (&Written, Vec<f64>),
    drive: &All<'_>,
    observer: &dyn Observer,
) -> Result<March, AnalysisError> {
    let (lumped, first) = (&model.lumped, drive.lumped.first);
    let mut network = Network { regulated: vec![], ..assembled.network.clone() };
    let mut streams = vec![Streams::at(lumped, &start_k[first..])?];
    stream(lumped, &streams[0], &mut network, drive.lumped);
    let rows = Rows::new(&network);
    let area_m2 = network.surface_area_m2();
    let period_s = drive.heating.as_ref().map(|h| h.timeline.period_s);
    let until_s = written.until_s.map(|t| t.get()).or(period_s).expect("checked with the case");
    let mut stepping = Stepping { method: method(written.method), tolerance_k: written.tolerance_k.get(), ..Stepping::default() };
    if let Some(period_s) = period_s {
        (stepping.first_s, stepping.longest_s) = ((1e-3 * period_s).min(10.0), period_s / 20.0);
    }
    let heaters = lumped.components.heaters.iter().map(|h| switched(h, first)).collect();
    let mut run = Transient::new(backend, &rows, network, heaters, drive, stepping)?;
    let mut state = run.start(0.0, start_k);
    let mut search = None;
    if let (Mode::Periodic, Some(period_s)) = (written.mode, period_s) {
        (state, search) = repeating(&mut run, state, (written, period_s), observer)?;
    }
    let used: Vec<(f64, f64)> = state.heaters.iter().map(|h| (h.used_j, h.switched_on)).collect();
    let of_parts = cells_of_parts(bodies, model.parts.len());
    let range_k = vec![[f64::INFINITY, 0.0, f64::NEG_INFINITY]; run.network.node_count];
    let mut march = March { range_k, search, ..March::default() };
    #[expect(clippy::cast_precision_loss, reason = "frame counts are small")]
    let frame_s = if written.frames.get() == 0 { f64::INFINITY } else { until_s / written.frames.get() as f64 };
    let row = |march: &mut March, (time_s, heaters_w): (f64, &[f64]), node_k: &[f64], network: &Network| {
        march.time_s.push(time_s);
        march.heaters_w.push(heaters_w.to_vec());
        march.node_k.push(node_k[first..].to_vec());
        let of_part = |cells: &Vec<usize>| {
            let volume = |c: &usize| bodies.graph.volume_m3[*c];
            let mean = cells.iter().map(|c| volume(c) * node_k[*c]).sum::<f64>() / cells.iter().map(volume).sum::<f64>();
            let ends = cells.iter().fold((f64::INFINITY, 0.0_f64), |e, c| (e.0.min(node_k[*c]), e.1.max(node_k[*c])));
            [ends.0, mean, ends.1]
        };
        march.parts_k.push(of_parts.iter().map(of_part).collect());
        march.sensors_k.push(assembled.sensors_k(node_k));
        let emitted = network.emitted_w_m2(node_k, &area_m2);
        march.absorbed_w.push(external_w(network, node_k, &area_m2));
        march.space_w.push(network.to_space_w(&emitted, &network.irradiation_w_m2(&emitted), &area_m2));
    };
    // Steps end on the rows: between its ends a step knows nodes without capacity only roughly.
    for k in 1_u32.. {
        let end_s = (f64::from(k) * written.every_s.get()).min(until_s);
        run.advance(&mut state, end_s, &mut |step: &Step<'_>, _: &State| {
            let (begin, end) = step.span_s;
            if march.time_s.is_empty() {
                let mut at_start = step.network.clone();
                drive.apply(begin, &mut at_start);
                row(&mut march, (begin, &step.heater_w), step.node_k.0, &at_start);
            }
            take_frames(step, frame_s, &mut march.frames);
            for (k, r) in march.range_k.iter_mut().enumerate() {
                let middle = step.at(k, 0.5 * (begin + end));
                let (a, b) = (step.node_k.0[k], step.node_k.1[k]);
                r[0] = r[0].min(a).min(b).min(middle);
                r[2] = r[2].max(a).max(b).max(middle);
                // Simpson: exact for the cubic between the ends.
                r[1] += (end - begin) * (a + 4.0 * middle + b) / (6.0 * until_s);
            }
            if end >= end_s * (1.0 - 1e-12) {
                row(&mut march, (end, &step.heater_w), step.node_k.1, step.network);
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "per mille")]
            observer.progress((1000.0 * end / until_s) as usize, "");
            true
        })?;
        streams.push(Streams::at(lumped, &state.node_k[first..])?);
        if end_s >= until_s {
            break;
        }
        if !lumped.components.loops.is_empty() {
            stream(lumped, &streams[streams.len() - 1], &mut run.network, drive.lumped);
        }
    }
    march.heated = state.heaters.iter().zip(used).map(|(h, (j, on))| (h.used_j - j, h.switched_on - on)).collect();
    march.streams = streams;
    march.work = run.work;
    Ok(march)
}
