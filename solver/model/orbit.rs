//! Orbit, environment and attitude of a case, resolved.

use super::catalogue::CATALOGUE;
use super::resolve::Resolver;
use crate::case::schema::{self, BodyName, RadiatorNormal, TargetName};
use crate::environment::attitude::{Law, Spin};
use crate::environment::flight::{FlightError, LocalTime};
use crate::environment::orbit::{Elements, mean_anomaly_rad};
use crate::environment::time::{Date, DateError, Epoch, Scale};
use crate::environment::trajectory::Table;
use crate::environment::{Attitude, Body, Flight, Light, Target};
use nalgebra::{Quaternion, Unit, UnitQuaternion, Vector3};
use std::collections::BTreeMap;

/// Below this height re-entry, not heat, is the question, m.
const LOWEST_EARTH_ORBIT_M: f64 = 150e3;
/// Above this altitude coatings degrade as in geostationary orbit, m.
const HIGH_ORBIT_M: f64 = 1e7;
/// Largest ephemeris file, bytes.
const MAX_OEM_BYTES: u64 = 1 << 26;
/// Span of a case in deep space that gives none, s.
const DAY_S: f64 = 86_400.0;

fn vector<Q: crate::quantity::Quantity>(v: [Q; 3]) -> Vector3<f64> {
    Vector3::from(v.map(|x| x.si()))
}

impl BodyName {
    /// The body, if it is one.
    pub(super) fn body(self) -> Option<Body> {
        match self {
            Self::Earth => Some(Body::EARTH),
            Self::Moon => Some(Body::MOON),
            Self::Mars => Some(Body::MARS),
            Self::None => None,
        }
    }
}

/// Whether coatings degrade as outside the magnetosphere.
pub(super) fn is_high(flight: &Flight) -> bool {
    flight.body != Some(Body::EARTH) || flight.altitude_range_m().is_some_and(|(low, _)| low > HIGH_ORBIT_M)
}

impl Resolver<'_> {
    /// An instant written as a TOML date; noon if it has no time.
    fn instant(&mut self, key: &str, given: &toml::value::Datetime) -> Option<Epoch> {
        let Some(d) = given.date else {
            self.error(key, "a time without a date", "write a date such as 2027-01-03");
            return None;
        };
        let date: Date = (i32::from(d.year), i32::from(d.month), i32::from(d.day));
        let seconds = given.time.map_or(43_200.0, |t| {
            let second = f64::from(t.second.unwrap_or(0)) + 1e-9 * f64::from(t.nanosecond.unwrap_or(0));
            60.0 * (60.0 * f64::from(t.hour) + f64::from(t.minute)) + second
        });
        let ahead_min = match given.offset {
            Some(toml::value::Offset::Custom { minutes }) => f64::from(minutes),
            _ => 0.0,
        };
        self.dated(key, Epoch::new(date, seconds, Scale::Utc)).map(|e| e.plus_s(-60.0 * ahead_min))
    }

    fn dated<T>(&mut self, key: &str, found: Result<T, DateError>) -> Option<T> {
        found.map_err(|e| self.error(key, e.to_string(), "correct the date")).ok()
    }

    /// A flight, or the mistake at the key that can cure it.
    fn flown(&mut self, key: &str, help: &str, found: Result<Flight, FlightError>) -> Option<Flight> {
        match found {
            Ok(flight) => Some(flight),
            Err(FlightError::Date(e)) => self.dated("orbit.date", Err(e)),
            Err(e) => {
                self.error(key, e.to_string(), help);
                None
            }
        }
    }

    /// The flight of the case.
    pub(super) fn flight(&mut self) -> Option<Flight> {
        let o = self.given.orbit();
        let kinds = [
            ("altitude_km", o.altitude_km.is_some()),
            ("elements", o.elements.is_some()),
            ("geostationary", o.geostationary == Some(true)),
            ("tle", o.tle.is_some()),
            ("oem", o.oem.is_some()),
            ("states", o.states.is_some()),
            ("sun_distance_au", o.sun_distance_au.is_some()),
        ];
        let given: Vec<&str> = kinds.iter().filter(|k| k.1).map(|k| k.0).collect();
        if let [first, second, ..] = given[..] {
            self.error(&format!("orbit.{second}"), format!("`{first}` and `{second}` both set the orbit"), "keep one of them");
            return None;
        }
        let kind = given.first().copied();
        self.only_with(kind);
        let flight = match (o.body.body(), kind) {
            (Some(body), Some(kind @ ("geostationary" | "tle"))) if body != Body::EARTH => {
                let help = "give `altitude_km`, `elements`, `oem` or `states`";
                self.error("orbit.body", format!("`{kind}` is an orbit around the Earth"), help);
                None
            }
            (None, None | Some("sun_distance_au")) => self.deep_space(),
            (None, Some(kind)) => {
                self.error(&format!("orbit.{kind}"), format!("`{kind}` in deep space"), "name a body, or give `sun_distance_au`");
                None
            }
            (Some(body), Some("altitude_km")) => self.circular(body),
            (Some(body), Some("elements")) => self.elements(body),
            (Some(_), Some("geostationary")) => self.needs_date("geostationary").map(Flight::geostationary),
            (Some(_), Some("tle")) => self.tle(),
            (Some(body), Some("oem")) => self.oem(body),
            (Some(body), Some("states")) => self.states(body),
            (Some(_), _) => {
                let help = "give `altitude_km`, `elements`, `geostationary`, `tle`, `oem` or `states`; or `body = \"none\"`";
                self.error("orbit", "the orbit is not set", help);
                None
            }
        };
        flight.map(|f| Flight { shadow: o.shadow, ..f })
    }

    /// Keys that mean something with some orbits only.
    fn only_with(&mut self, kind: Option<&str>) {
        let o = self.given.orbit();
        let circular: &[&str] = &["altitude_km"];
        let rows = [
            ("beta_deg", o.beta_deg.is_some(), circular),
            ("local_time_h", o.local_time_h.is_some(), circular),
            ("mean_local_time_h", o.mean_local_time_h.is_some(), circular),
            ("duration_h", o.duration_h.is_some() && o.body != BodyName::None, &["elements", "tle"]),
            ("repeats", o.repeats.is_some(), &["tle", "oem", "states"]),
        ];
        for (key, given, with) in rows {
            if given && kind.is_some() && !kind.is_some_and(|k| with.contains(&k)) {
                let message = format!("`{key}` goes with `{}` only", with.join("`, `"));
                self.error(&format!("orbit.{key}"), message, "remove it");
            }
        }
    }

    fn needs_date(&mut self, with: &str) -> Option<Epoch> {
        match &self.given.orbit().date {
            Some(date) => self.instant("orbit.date", date),
            None => {
                let help = "add the date, for example `date = 2027-01-03`";
                self.error(&format!("orbit.{with}"), format!("`{with}` without `date`"), help);
                None
            }
        }
    }

    fn deep_space(&mut self) -> Option<Flight> {
        let o = self.given.orbit();
        let span_s = o.duration_h.map_or(DAY_S, |h| h.si());
        match (o.sun_distance_au, &o.date) {
            (Some(distance), None) => Some(Flight::deep_space(distance.get(), span_s)),
            (None, Some(date)) => Some(Flight::deep_space_at(self.instant("orbit.date", date)?, span_s)),
            (Some(_), Some(_)) => {
                let message = "`sun_distance_au` and `date` both set the distance from the Sun";
                self.error("orbit.sun_distance_au", message, "keep one of them");
                None
            }
            (None, None) => {
                self.error("orbit", "the distance from the Sun is not set", "give `sun_distance_au`, or `date` for the Earth's");
                None
            }
        }
    }

    fn circular(&mut self, body: Body) -> Option<Flight> {
        let o = self.given.orbit();
        let altitude_m = o.altitude_km?.si();
        if body == Body::EARTH && altitude_m < LOWEST_EARTH_ORBIT_M {
            let message = format!("altitude around the Earth must be at least 150 km, got {}", altitude_m / 1e3);
            self.error("orbit.altitude_km", message, "no orbit lasts below that");
            return None;
        }
        let local_time = match (o.local_time_h, o.mean_local_time_h) {
            (Some(_), Some(_)) => {
                let message = "`local_time_h` and `mean_local_time_h` both set the orbit plane";
                self.error("orbit.mean_local_time_h", message, "keep one of them");
                return None;
            }
            (Some(time), None) => Some(("local_time_h", LocalTime::True(time.si()))),
            (None, time) => time.map(|t| ("mean_local_time_h", LocalTime::Mean(t.si()))),
        };
        match (o.beta_deg, local_time) {
            (Some(beta), None) => Some(Flight::circular(body, altitude_m, beta.si())),
            (None, Some((key, time))) => {
                let date = self.needs_date(key)?;
                if body != Body::EARTH {
                    self.error(
                        &format!("orbit.{key}"),
                        "sun-synchronous orbits are known around the Earth only",
                        "give `beta_deg`",
                    );
                    return None;
                }
                let help = "lower it, or give `beta_deg` instead of the local time and `date`";
                self.flown("orbit.altitude_km", help, Flight::sun_synchronous(body, altitude_m, time, date))
            }
            (Some(_), Some((key, _))) => {
                self.error("orbit.beta_deg", format!("`beta_deg` and `{key}` both set the orbit plane"), "keep one of them");
                None
            }
            (None, None) => {
                self.error("orbit", "the orbit plane is not set", "give `beta_deg`, or `local_time_h` and `date`");
                None
            }
        }
    }

    fn elements(&mut self, body: Body) -> Option<Flight> {
        let o = self.given.orbit();
        let e = o.elements.as_ref()?;
        let (semi_major_axis_m, eccentricity) = match (e.perigee_km, e.apogee_km, e.semi_major_axis_km, e.eccentricity) {
            (Some(low), Some(high), None, None) => {
                if high.get() < low.get() {
                    let message = format!("the apogee ({} km) is below the perigee ({} km)", high.get(), low.get());
                    self.error("orbit.elements.apogee_km", message, "exchange them");
                    return None;
                }
                let (low, high) = (body.radius_m + low.si(), body.radius_m + high.si());
                (0.5 * (low + high), (high - low) / (high + low))
            }
            (None, None, Some(a), Some(e)) => (a.si(), e.get()),
            _ => {
                let help = "give `perigee_km` and `apogee_km`, or `semi_major_axis_km` and `eccentricity`";
                self.error("orbit.elements", "size and shape of the orbit are not set, or set twice", help);
                return None;
            }
        };
        if eccentricity >= 1.0 {
            let error = FlightError::NotBound { eccentricity, body: body.name };
            self.error("orbit.elements.eccentricity", error.to_string(), "give a path that does not close as `states` or `oem`");
            return None;
        }
        let perigee_km = (semi_major_axis_m * (1.0 - eccentricity) - body.radius_m) / 1e3;
        if perigee_km <= 0.0 {
            let key = if e.eccentricity.is_some() { "orbit.elements.eccentricity" } else { "orbit.elements.perigee_km" };
            let message = format!("the perigee lies {:.1} km under the surface of {}", -perigee_km, body.name);
            self.error(key, message, "raise the semi-major axis, or lower the eccentricity");
            return None;
        }
        let epoch = self.instant("orbit.elements.epoch", &e.epoch)?;
        let start = match &o.date {
            Some(date) => self.instant("orbit.date", date)?,
            None => epoch,
        };
        let elements = Elements {
            semi_major_axis_m,
            eccentricity,
            inclination_rad: e.inclination_deg.si(),
            node_rad: e.node_deg.si(),
            perigee_argument_rad: e.perigee_argument_deg.si(),
            mean_anomaly_rad: mean_anomaly_rad(e.true_anomaly_deg.si(), eccentricity),
        };
        let found = Flight::elements(body, elements, epoch, start, o.duration_h.map(|h| h.si()));
        self.flown("orbit.elements", "correct the elements", found)
    }

    fn tle(&mut self) -> Option<Flight> {
        let o = self.given.orbit();
        let start = match &o.date {
            Some(date) => Some(self.instant("orbit.date", date)?),
            None => None,
        };
        let found = Flight::tle(o.tle.as_ref()?, start, o.duration_h.map(|h| h.si()), o.repeats.unwrap_or(false));
        self.flown("orbit.tle", "copy the two lines again, with every blank", found)
    }

    fn oem(&mut self, body: Body) -> Option<Flight> {
        let o = self.given.orbit();
        let given = o.oem.as_ref()?;
        let text = self.text_beside("orbit.oem", given, MAX_OEM_BYTES)?;
        let found = Flight::oem(body, &text, o.repeats.unwrap_or(false));
        let flight = self.flown("orbit.oem", "correct the file", found)?;
        if o.date.is_some() {
            self.error("orbit.date", "the ephemeris has its own dates", "remove it");
        }
        Some(flight)
    }

    fn states(&mut self, body: Body) -> Option<Flight> {
        let o = self.given.orbit();
        let states = o.states.as_ref()?;
        let start = self.needs_date("states")?;
        let velocities: Vec<Vector3<f64>> = states.iter().filter_map(|s| s.velocity_km_s.map(vector)).collect();
        if !velocities.is_empty() && velocities.len() != states.len() {
            let message = format!("{} of {} states have a velocity", velocities.len(), states.len());
            self.error("orbit.states", message, "give all of them one, or none");
            return None;
        }
        if states.first().is_some_and(|s| s.time_s.get() != 0.0) {
            self.error("orbit.states", "the first state must stand at time 0", "count the times from it, and set `date` to it");
            return None;
        }
        let times = states.iter().map(|s| s.time_s.get()).collect();
        let positions = states.iter().map(|s| vector(s.position_km)).collect();
        let velocities = (!velocities.is_empty()).then_some(velocities);
        let help = "give states in order of time, enough of them for a smooth path above the surface";
        match Table::new(times, positions, velocities) {
            Ok(table) => self.flown("orbit.states", help, Flight::table(body, table, start, o.repeats.unwrap_or(false))),
            Err(e) => {
                self.error("orbit.states", e.to_string(), help);
                None
            }
        }
    }

    /// Solar flux (if not by the Sun's distance), albedo, planet infrared.
    pub(super) fn light(&mut self) -> Option<Light> {
        let (e, body) = (self.given.environment(), self.given.orbit().body);
        let given = (e.solar_w_m2, e.albedo, e.planet_ir_w_m2);
        if e.design_case == "custom" {
            let (Some(solar), Some(albedo), Some(ir)) = given else {
                self.error(
                    "environment.design_case",
                    "\"custom\" needs `solar_w_m2`, `albedo` and `planet_ir_w_m2`",
                    "add what is missing",
                );
                return None;
            };
            return Some(Light {
                solar_w_m2: Some(solar.si()),
                albedo: albedo.get(),
                planet_ir_w_m2: ir.si(),
                ground_follows_sun: e.ground_follows_sun.unwrap_or(false),
            });
        }
        if given != (None, None, None) || e.ground_follows_sun.is_some() {
            let help = "set design_case = \"custom\", or remove the numbers";
            self.error("environment.design_case", format!("\"{}\" sets the numbers that are also given", e.design_case), help);
        }
        let key = ("design case", "environment.design_case", e.design_case.as_str());
        let none = BTreeMap::new();
        let row = self.find(key, (&none, &CATALOGUE.environments), |r| (r.source.clone(), r.evidence))?;
        if row.body != body {
            let fitting: Vec<&str> =
                CATALOGUE.environments.iter().filter(|(_, r)| r.body == body).map(|(name, _)| name.as_str()).collect();
            let message = format!("\"{}\" is not an environment of the body that the case flies around", e.design_case);
            self.error("environment.design_case", message, format!("known here: {}, custom", fitting.join(", ")));
        }
        Some(Light {
            solar_w_m2: row.solar_w_m2,
            albedo: row.albedo,
            planet_ir_w_m2: row.planet_ir_w_m2,
            ground_follows_sun: row.ground_follows_sun,
        })
    }

    fn aim(&mut self, key: &str, aim: &schema::Aim) -> Option<(Unit<Vector3<f64>>, Target)> {
        let mut unit = |part: &str, v: Vector3<f64>| {
            let unit = Unit::try_new(v, 1e-9);
            if unit.is_none() {
                self.error(&format!("{key}.{part}"), "a direction of length 0", "give the direction that is meant");
            }
            unit
        };
        let axis = unit("axis", vector(aim.axis));
        let target = match (aim.target, aim.direction) {
            (TargetName::Sun, None) => Target::Sun,
            (TargetName::Nadir, None) => Target::Nadir,
            (TargetName::Zenith, None) => Target::Zenith,
            (TargetName::Velocity, None) => Target::Velocity,
            (TargetName::OrbitNormal, None) => Target::OrbitNormal,
            (TargetName::Inertial, Some(d)) => Target::Inertial(unit("direction", vector(d))?.into_inner()),
            (TargetName::Inertial, None) => {
                self.error(&format!("{key}.target"), "an inertial target without `direction`", "add `direction = [x, y, z]`");
                return None;
            }
            (_, Some(_)) => {
                self.error(&format!("{key}.direction"), "`direction` belongs to an inertial target", "remove it");
                return None;
            }
        };
        Some((axis?, target))
    }

    /// The attitude.
    pub(super) fn attitude(&mut self) -> Option<Attitude> {
        let a = self.given.attitude();
        let law = match (a.radiator_normal, &a.primary, &a.secondary, &a.quaternions) {
            (Some(normal), None, None, None) => Law::Pointing {
                primary: (Vector3::z_axis(), Target::Sun),
                secondary: (
                    Vector3::x_axis(),
                    match normal {
                        RadiatorNormal::Velocity => Target::Velocity,
                        RadiatorNormal::Nadir => Target::Nadir,
                        RadiatorNormal::OrbitNormal => Target::OrbitNormal,
                    },
                ),
            },
            (None, Some(first), Some(second), None) => {
                let (primary, secondary) = (self.aim("attitude.primary", first), self.aim("attitude.secondary", second));
                let (primary, secondary) = (primary?, secondary?);
                if primary.0.cross(&secondary.0).norm() < 1e-3 {
                    self.error("attitude.secondary", "the secondary axis lies along the primary one", "choose another axis");
                    return None;
                }
                Law::Pointing { primary, secondary }
            }
            (None, None, None, Some(turns)) => {
                let turn = |t: &schema::Turn| {
                    let [w, x, y, z] = t.inertial_from_body.map(|c| c.get());
                    UnitQuaternion::try_new(Quaternion::new(w, x, y, z), 1e-9).map(|q| (t.time_s.get(), q))
                };
                let table: Option<Vec<_>> = turns.iter().map(turn).collect();
                let table = table.filter(|t| !t.is_empty() && t.windows(2).all(|w| w[0].0 < w[1].0));
                let Some(table) = table else {
                    let message = "attitudes must come in order of time, with quaternions that are not 0";
                    self.error("attitude.quaternions", message, "correct the list");
                    return None;
                };
                if a.sun_error_deg.get() != 0.0 {
                    let help = "set it to 0 and put the error into the quaternions";
                    self.error("attitude.sun_error_deg", "a pointing error on top of given attitudes", help);
                }
                Law::Quaternions(table)
            }
            _ => {
                let help = "give `radiator_normal`, or `primary` and `secondary`, or `quaternions`";
                self.error("attitude", "the attitude is not set, or set twice", help);
                return None;
            }
        };
        let spin = match &a.spin {
            Some(s) => Some(self.spin(s)?),
            None => None,
        };
        Some(Attitude { law, spin, sun_error_rad: a.sun_error_deg.si() })
    }

    fn spin(&mut self, s: &schema::Spin) -> Option<Spin> {
        let Some(axis) = Unit::try_new(vector(s.axis), 1e-9) else {
            self.error("attitude.spin.axis", "an axis of length 0", "give the axis that is meant");
            return None;
        };
        match (s.rate_deg_s, s.phases) {
            (Some(rate), None) => Some(Spin { axis, rate_rad_s: rate.si(), averaged_over: None }),
            (None, Some(n)) => Some(Spin { axis, rate_rad_s: 0.0, averaged_over: Some(n.get()) }),
            _ => {
                let help = "give `rate_deg_s` to follow the turn, or `phases` to average over it";
                self.error("attitude.spin", "the spin needs a rate or a number of phases", help);
                None
            }
        }
    }
}
