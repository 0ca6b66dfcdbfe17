//! A flight cut into positions, with what shines at each.

use super::attitude::{Attitude, AttitudeError};
use super::flight::Flight;
use super::joint::{Angles, Joint, Pose};
use super::shadow::{Discs, Shadow, outside_cylinder_m};
use super::sun::flux_w_m2;
use super::trajectory::Trajectory;
use crate::constants::ASTRONOMICAL_UNIT_M;
use nalgebra::{Rotation3, Vector3};

/// One position.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Time from the start, s.
    pub time_s: f64,
    /// Angle from local noon along the orbit, rad, −π to π.
    pub anomaly_rad: f64,
    /// Part of the span that this position stands for: trapezoid weights.
    pub weight: f64,
    /// Mean over the span of illumination × the position's hat function: what the sunlight of this position counts for.
    pub sunlit_weight: f64,
    /// Part of the Sun's disc that is seen; at the edge of a shadow the value after it.
    pub illumination: f64,
    /// Unit vector to the planet's centre, body frame; zero in deep space.
    pub nadir_body: Vector3<f64>,
    /// Unit vector to the Sun, body frame, pointing error included.
    pub sun_body: Vector3<f64>,
    /// The same without the pointing error: what joints follow.
    pub sun_intended_body: Vector3<f64>,
    /// Planet radius over distance; 0 in deep space.
    pub sine_of_planet: f64,
    /// Solar flux outside any shadow, W/m².
    pub solar_w_m2: f64,
    /// The body's axes in the flight's inertial frame; spin averages start from here.
    pub body_from_inertial: Rotation3<f64>,
    /// From the planet's centre, inertial frame, m.
    pub position_m: Vector3<f64>,
    /// Velocity, inertial frame, m/s.
    pub velocity_m_s: Vector3<f64>,
}

impl Position {
    /// A position at rest in sunlight that stands for the whole span.
    pub fn still(nadir_body: Vector3<f64>, sun_body: Vector3<f64>, sine_of_planet: f64, solar_w_m2: f64) -> Self {
        Self {
            time_s: 0.0,
            anomaly_rad: 0.0,
            weight: 1.0,
            sunlit_weight: 1.0,
            illumination: 1.0,
            nadir_body,
            sun_body,
            sun_intended_body: sun_body,
            sine_of_planet,
            solar_w_m2,
            body_from_inertial: Rotation3::identity(),
            position_m: Vector3::zeros(),
            velocity_m_s: Vector3::zeros(),
        }
    }
}

/// What happens at an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The Sun's edge goes behind the planet.
    PenumbraEntry,
    /// The last of the Sun goes; with a cylindrical shadow all of it at once.
    UmbraEntry,
    /// The first of the Sun comes back.
    UmbraExit,
    /// The whole Sun is back.
    PenumbraExit,
}

/// Something that happens at an instant.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Event {
    /// Time from the start, s.
    pub time_s: f64,
    /// What.
    pub kind: EventKind,
}

/// How much of the Sun is seen between two events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Sunlit,
    Penumbra,
    Umbra,
}

/// What shines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Light {
    /// Solar flux, W/m²; `None`: by the Sun's distance at each position.
    pub solar_w_m2: Option<f64>,
    /// Planet albedo.
    pub albedo: f64,
    /// Planet infrared at its surface, W/m²; where the ground is in balance with the Sun, that of its night.
    pub planet_ir_w_m2: f64,
    /// The sunlit ground emits what it absorbs, `(1 − albedo) S max(cos θ, 0)`, on top of the night: the Moon.
    pub ground_follows_sun: bool,
}

/// Parts of the step between two positions in which the Sun's direction is looked up.
const PARTS_OF_STEP: u32 = 16;

/// A flight as a list of positions, and what shines.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Positions by time, the first at 0. They lie on every event and part the arcs between events evenly in time (by the
    /// square root of the distance cubed where that changes much). A cyclic timeline does not repeat the first at the end.
    /// Weights sum to 1, sunlit weights to 1 − eclipse fraction.
    pub positions: Vec<Position>,
    /// Span, s; the period of a cyclic timeline.
    pub period_s: f64,
    /// Whether it repeats.
    pub cyclic: bool,
    /// Entries and exits of the shadow, by time.
    pub events: Vec<Event>,
    /// Mean solar flux outside any shadow, W/m².
    pub solar_w_m2: f64,
    /// Albedo.
    pub albedo: f64,
    /// Planet infrared at its surface, W/m²; of its night where the ground follows the Sun.
    pub planet_ir_w_m2: f64,
    /// As in [`Light`].
    pub ground_follows_sun: bool,
    /// Sunlight lost to the shadow, as a part of the span: 1 − mean illumination.
    pub eclipse_fraction: f64,
    /// Turns over which heating is averaged at each position; one identity without a spin average.
    pub phases: Vec<Rotation3<f64>>,
    /// Joints of the body.
    pub joints: Vec<Joint>,
    /// How they stand, each pose once; without joints one pose of none.
    pub poses: Vec<Pose>,
    /// The pose of each position.
    pub pose_of: Vec<usize>,
    /// Angles of all joints at each position, unwound.
    pub(super) angles: Vec<Vec<Angles>>,
    /// Directions to the Sun in the body's frame between the positions, each with its sunlight times its part of the span, W/m². Empty
    /// where there is one position, or joints stand otherwise from one to the next.
    pub(super) sun_between: Vec<(Vector3<f64>, f64)>,
    /// Starts of the arcs between events, and what is seen of the Sun there.
    arcs: Vec<(f64, Phase)>,
    flight: Flight,
}

impl Timeline {
    /// Cuts a flight into about `count` steps.
    ///
    /// Truth: `environment::eclipse_fraction` (F02), `orbits::penumbra_and_umbra_times` (F03),
    /// `orbits::positions_lie_on_events_and_weights_add_up`.
    pub fn new(flight: &Flight, attitude: &Attitude, count: usize, light: &Light) -> Result<Self, AttitudeError> {
        let events = events(flight);
        let mut breaks: Vec<f64> = std::iter::once(0.0).chain(events.iter().map(|e| e.time_s)).collect();
        breaks.dedup();
        let arcs: Vec<(f64, Phase)> = (0..breaks.len())
            .map(|k| (breaks[k], phase(flight, 0.5 * (breaks[k] + breaks.get(k + 1).unwrap_or(&flight.span_s)))))
            .collect();
        let mut timeline = Self {
            positions: vec![],
            period_s: flight.span_s,
            cyclic: flight.cyclic,
            events,
            solar_w_m2: 0.0,
            albedo: light.albedo,
            planet_ir_w_m2: light.planet_ir_w_m2,
            ground_follows_sun: light.ground_follows_sun,
            eclipse_fraction: 0.0,
            phases: attitude.phases(),
            joints: vec![],
            poses: vec![],
            pose_of: vec![],
            angles: vec![],
            sun_between: vec![],
            arcs,
            flight: flight.clone(),
        };
        let still = matches!(flight.trajectory, Trajectory::Rest) && !attitude.depends_on_time();
        let times = if still { vec![0.0, flight.span_s] } else { steps(flight, &breaks, count) };
        let mut weights = vec![[0.0; 2]; times.len()];
        for k in 0..times.len() - 1 {
            let [from, to] = timeline.hats(times[k], times[k + 1]);
            let half = 0.5 * (times[k + 1] - times[k]);
            for (w, sunlit) in [(k, from), (k + 1, to)] {
                weights[w][0] += half / flight.span_s;
                weights[w][1] += sunlit / flight.span_s;
            }
        }
        let mut ends = times.len();
        if flight.cyclic {
            ends -= 1;
            (0..2).for_each(|i| weights[0][i] += weights[ends][i]);
        }
        for (&time_s, [weight, sunlit_weight]) in times[..ends].iter().zip(weights) {
            timeline.positions.push(timeline.position(attitude, light, time_s, weight, sunlit_weight)?);
        }
        for step in times.windows(2).filter(|_| !still) {
            let part_s = (step[1] - step[0]) / f64::from(PARTS_OF_STEP);
            for k in 0..PARTS_OF_STEP {
                let p =
                    timeline.position(attitude, light, step[0] + part_s * (f64::from(k) + 0.5), part_s / flight.span_s, 0.0)?;
                timeline.sun_between.push((p.sun_body, p.weight * p.illumination * p.solar_w_m2));
            }
        }
        timeline.eclipse_fraction =
            if timeline.events.is_empty() && timeline.arcs[0].1 == Phase::Sunlit { 0.0 } else { timeline.lost() };
        timeline.solar_w_m2 =
            light.solar_w_m2.unwrap_or_else(|| timeline.positions.iter().map(|p| p.weight * p.solar_w_m2).sum());
        Ok(timeline.with_joints(vec![]))
    }

    /// The longest time from the whole disc of the Sun to the whole disc again, s; a cyclic timeline goes on where it began.
    ///
    /// Truth: `sizing::a_battery_for_the_shadow`.
    pub fn longest_shadow_s(&self) -> f64 {
        let ends = self.arcs.iter().skip(1).map(|arc| arc.0).chain([self.period_s]);
        let spans: Vec<(f64, bool)> =
            self.arcs.iter().zip(ends).map(|((from, phase), to)| (to - from, *phase != Phase::Sunlit)).collect();
        let turns = if self.cyclic { 2 } else { 1 };
        let (mut longest, mut now) = (0.0_f64, 0.0);
        for (span_s, dark) in spans.iter().cycle().take(turns * spans.len()) {
            now = if *dark { now + span_s } else { 0.0 };
            longest = longest.max(now);
        }
        longest.min(self.period_s)
    }

    /// One position at rest in sunlight: no orbit.
    pub fn still(position: Position, light: &Light) -> Self {
        Self {
            positions: vec![position],
            period_s: 1.0,
            cyclic: true,
            events: vec![],
            solar_w_m2: position.solar_w_m2,
            albedo: light.albedo,
            planet_ir_w_m2: light.planet_ir_w_m2,
            ground_follows_sun: light.ground_follows_sun,
            eclipse_fraction: 0.0,
            phases: vec![Rotation3::identity()],
            joints: vec![],
            poses: vec![],
            pose_of: vec![],
            angles: vec![],
            sun_between: vec![],
            arcs: vec![(0.0, Phase::Sunlit)],
            flight: Flight::deep_space(1.0, 1.0),
        }
        .with_joints(vec![])
    }

    /// Part of the Sun's disc that is seen at a time; at an edge of the shadow the value after it. Times outside the span are
    /// folded back into a cyclic one, and held at the ends of another.
    ///
    /// Truth: `orbits::illumination_is_the_visible_disc`.
    pub fn illumination(&self, time_s: f64) -> f64 {
        let time = if self.cyclic { time_s.rem_euclid(self.period_s) } else { time_s.clamp(0.0, self.period_s) };
        self.seen(self.arcs.partition_point(|(start, _)| *start <= time).saturating_sub(1), time)
    }

    /// The same; at an edge of the shadow the value before it.
    pub fn illumination_before(&self, time_s: f64) -> f64 {
        let mut time = if self.cyclic { time_s.rem_euclid(self.period_s) } else { time_s.clamp(0.0, self.period_s) };
        if self.cyclic && time == 0.0 {
            time = self.period_s;
        }
        self.seen(self.arcs.partition_point(|(start, _)| *start < time).saturating_sub(1), time)
    }

    /// Mean over the span of `S f(s)`, s the direction to the Sun in the body's frame at all phases of a spin and f counting in
    /// sunlight only, W/m²: by the directions between the positions where there are any.
    ///
    /// Truth: `orbits::a_plate_that_the_sun_leaves_between_positions`.
    pub fn mean_of_sun(&self, f: impl Fn(&Vector3<f64>) -> f64) -> f64 {
        if self.sun_between.is_empty() {
            return self.mean_of_sun_at_positions(f);
        }
        self.sun_between.iter().map(|(sun, w_m2)| w_m2 * self.over_phases(sun, &f)).sum()
    }

    /// The same by the positions alone.
    pub fn mean_of_sun_at_positions(&self, f: impl Fn(&Vector3<f64>) -> f64) -> f64 {
        self.positions.iter().map(|p| p.solar_w_m2 * p.sunlit_weight * self.over_phases(&p.sun_body, &f)).sum()
    }

    fn over_phases(&self, sun: &Vector3<f64>, f: &impl Fn(&Vector3<f64>) -> f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "phases of a turn are few")]
        let turns = self.phases.len() as f64;
        self.phases.iter().map(|turn| f(&(turn * sun))).sum::<f64>() / turns
    }

    /// The flight that it was made from.
    pub fn flight(&self) -> &Flight {
        &self.flight
    }

    fn seen(&self, arc: usize, time_s: f64) -> f64 {
        match self.arcs[arc].1 {
            Phase::Sunlit => 1.0,
            Phase::Umbra => 0.0,
            Phase::Penumbra => discs(&self.flight, time_s).map_or(1.0, |d| d.lit_fraction()),
        }
    }

    /// Sunlight that does not come, as a part of the span.
    fn lost(&self) -> f64 {
        1.0 - self.positions.iter().map(|p| p.sunlit_weight).sum::<f64>()
    }

    /// Integrals of illumination × hat function over a step inside one arc, s: of its start and of its end.
    fn hats(&self, from: f64, to: f64) -> [f64; 2] {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let arc = self.arcs.partition_point(|(start, _)| *start <= middle).saturating_sub(1);
        match self.arcs[arc].1 {
            Phase::Sunlit => [half; 2],
            Phase::Umbra => [0.0; 2],
            // Gauss-Chebyshev of the second kind: nodes crowd at the ends, where the disc's fraction goes as the power 3/2.
            Phase::Penumbra => {
                const N: u32 = 64;
                let step = std::f64::consts::PI / f64::from(N + 1);
                let mut sums = [0.0; 2];
                for k in 1..=N {
                    let (sin, cos) = (f64::from(k) * step).sin_cos();
                    let w = half * step * sin * self.seen(arc, middle + half * cos);
                    sums[0] += w * 0.5 * (1.0 - cos);
                    sums[1] += w * 0.5 * (1.0 + cos);
                }
                sums
            }
        }
    }

    fn position(
        &self,
        attitude: &Attitude,
        light: &Light,
        time_s: f64,
        weight: f64,
        sunlit_weight: f64,
    ) -> Result<Position, AttitudeError> {
        let (position_m, velocity_m_s, sun) = self.flight.state(time_s);
        let to_sun = self.flight.sight(&position_m, &sun);
        let anomaly_rad = if self.flight.body.is_some() { anomaly(&position_m, &velocity_m_s, &sun) } else { 0.0 };
        let body_from_inertial = attitude.body_from_inertial(&self.flight, time_s, anomaly_rad)?;
        let body = self.flight.body;
        Ok(Position {
            time_s,
            anomaly_rad,
            weight,
            sunlit_weight,
            illumination: self.illumination(time_s),
            nadir_body: if body.is_some() { body_from_inertial * -position_m.normalize() } else { Vector3::zeros() },
            sun_body: attitude.sun_body(&body_from_inertial, &to_sun),
            sun_intended_body: body_from_inertial * to_sun.normalize(),
            sine_of_planet: body.map_or(0.0, |b| b.radius_m / position_m.norm()),
            solar_w_m2: light.solar_w_m2.unwrap_or_else(|| flux_w_m2(to_sun.norm() / ASTRONOMICAL_UNIT_M)),
            body_from_inertial,
            position_m,
            velocity_m_s,
        })
    }
}

/// Angle from the Sun's direction in the orbit plane (x where the Sun stands on the pole), rad.
fn anomaly(position: &Vector3<f64>, velocity: &Vector3<f64>, sun: &Vector3<f64>) -> f64 {
    let pole = position.cross(velocity).normalize();
    let flat = |v: Vector3<f64>| v - pole * v.dot(&pole);
    let noon = Some(flat(sun.normalize())).filter(|v| v.norm() > 1e-9).unwrap_or_else(|| flat(Vector3::x()));
    position.dot(&pole.cross(&noon)).atan2(position.dot(&noon))
}

fn discs(flight: &Flight, time_s: f64) -> Option<Discs> {
    let (position, _, sun) = flight.state(time_s);
    flight.body.map(|b| Discs::new(&position, &sun, b.radius_m))
}

/// How much of the Sun is seen, away from the edges.
fn phase(flight: &Flight, time_s: f64) -> Phase {
    let (position, _, sun) = flight.state(time_s);
    let Some(body) = flight.body else { return Phase::Sunlit };
    match flight.shadow {
        Shadow::Cylinder if outside_cylinder_m(&position, &sun, body.radius_m) < 0.0 => Phase::Umbra,
        Shadow::Cylinder => Phase::Sunlit,
        Shadow::Cone => {
            let d = Discs::new(&position, &sun, body.radius_m);
            match (d.outside_penumbra() >= 0.0, d.outside_umbra() < 0.0) {
                (true, _) => Phase::Sunlit,
                (_, true) => Phase::Umbra,
                _ => Phase::Penumbra,
            }
        }
    }
}

/// Entries and exits, to a microsecond: signs on the grid of the flight, dips between its times sought out, roots halved.
///
/// Truth: `orbits::penumbra_and_umbra_times` (F03), `orbits::eclipses_of_an_eccentric_orbit`.
fn events(flight: &Flight) -> Vec<Event> {
    let Some(body) = flight.body else { return vec![] };
    let grid = flight.grid();
    let mut all = vec![];
    let mut search = |outside: &dyn Fn(f64) -> f64, entry: EventKind, exit: EventKind| {
        let values: Vec<f64> = grid.iter().map(|&t| outside(t)).collect();
        let mut root = |inside_first: bool, a: f64, b: f64| {
            let kind = if inside_first { exit } else { entry };
            all.push(Event { time_s: bisect(outside, a, b), kind });
        };
        for k in 1..grid.len() {
            if (values[k - 1] < 0.0) != (values[k] < 0.0) {
                root(values[k - 1] < 0.0, grid[k - 1], grid[k]);
            }
            // A short dip or a short rise between two times.
            if k + 1 < grid.len() {
                let [a, b, c] = [values[k - 1], values[k], values[k + 1]];
                for (sign, is_end) in [(1.0, b > 0.0 && a >= b && c > b), (-1.0, b < 0.0 && a <= b && c < b)] {
                    let lowest = |t: f64| sign * outside(t);
                    if is_end && let Some(t) = dip(&lowest, grid[k - 1], grid[k + 1]) {
                        root(sign < 0.0, grid[k - 1], t);
                        root(sign > 0.0, t, grid[k + 1]);
                    }
                }
            }
        }
    };
    let discs = |t: f64| discs(flight, t).expect("there is a body");
    match flight.shadow {
        Shadow::Cylinder => {
            let outside = |t: f64| {
                let (position, _, sun) = flight.state(t);
                outside_cylinder_m(&position, &sun, body.radius_m)
            };
            search(&outside, EventKind::UmbraEntry, EventKind::UmbraExit);
        }
        Shadow::Cone => {
            search(&|t| discs(t).outside_penumbra(), EventKind::PenumbraEntry, EventKind::PenumbraExit);
            search(&|t| discs(t).outside_umbra(), EventKind::UmbraEntry, EventKind::UmbraExit);
        }
    }
    all.sort_by(|a: &Event, b| a.time_s.total_cmp(&b.time_s));
    all
}

/// Where a function changes sign between two times.
fn bisect(f: &dyn Fn(f64) -> f64, mut a: f64, mut b: f64) -> f64 {
    let inside = f(a) < 0.0;
    while b - a > 1e-12 * b.abs().max(1.0) {
        let middle = 0.5 * (a + b);
        if middle <= a || middle >= b {
            break;
        }
        if (f(middle) < 0.0) == inside { a = middle } else { b = middle }
    }
    0.5 * (a + b)
}

/// A time between two others at which a function with one lowest point there is negative.
fn dip(f: &dyn Fn(f64) -> f64, mut a: f64, mut b: f64) -> Option<f64> {
    const SHARE: f64 = 0.381_966_011_250_105;
    for _ in 0..80 {
        let (left, right) = (a + SHARE * (b - a), b - SHARE * (b - a));
        let (l, r) = (f(left), f(right));
        if l < 0.0 || r < 0.0 {
            return Some(if l < r { left } else { right });
        }
        if l < r { b = right } else { a = left }
    }
    None
}

/// Times of the positions, both ends of the span among them: every arc between breaks in even steps, about `count` in all.
fn steps(flight: &Flight, breaks: &[f64], count: usize) -> Vec<f64> {
    let grid = flight.grid();
    let even = flight.altitude_range_m().is_none_or(|(low, high)| {
        let radius = flight.body.map_or(0.0, |b| b.radius_m);
        (high + radius) / (low + radius) < 1.01
    });
    // The measure in which steps are even: time, or the count of grid times, which follows the pace of the orbit.
    let uniform: Vec<f64> = (0..grid.len()).map(|k| share(k, grid.len() - 1)).collect();
    let measure = |t: f64| if even { t / flight.span_s } else { interpolate(&grid, &uniform, t) };
    let time = |m: f64| if even { m * flight.span_s } else { interpolate(&uniform, &grid, m) };
    let edges: Vec<f64> = breaks.iter().copied().chain([flight.span_s]).collect();
    let lengths: Vec<f64> = edges.windows(2).map(|e| measure(e[1]) - measure(e[0])).collect();
    let mut times = vec![0.0];
    for ((e, length), n) in edges.windows(2).zip(&lengths).zip(allot(&lengths, count)) {
        let from = measure(e[0]);
        times.extend((1..n).map(|k| time(from + length * share(k, n))));
        times.push(e[1]);
    }
    times
}

#[expect(clippy::cast_precision_loss, reason = "counts of positions are small")]
fn share(k: usize, of: usize) -> f64 {
    k as f64 / of as f64
}

/// Shares `count` steps among arcs by their length, at least one each.
fn allot(lengths: &[f64], count: usize) -> Vec<usize> {
    let mut steps = vec![1; lengths.len()];
    #[expect(clippy::cast_precision_loss, reason = "counts of positions are small")]
    for _ in lengths.len()..count {
        let longest = (0..lengths.len()).max_by(|&a, &b| {
            let step = |k: usize| lengths[k] / steps[k] as f64;
            // The first of equals.
            step(a).total_cmp(&step(b)).then(b.cmp(&a))
        });
        steps[longest.expect("there is an arc")] += 1;
    }
    steps
}

fn interpolate(xs: &[f64], ys: &[f64], x: f64) -> f64 {
    let k = xs.partition_point(|v| *v <= x).clamp(1, xs.len() - 1);
    ys[k - 1] + (ys[k] - ys[k - 1]) * (x - xs[k - 1]) / (xs[k] - xs[k - 1])
}
