//! The quantities a case file may hold: one row gives the type, its unit, its range, its error text, its JSON schema
//! and its conversion to SI.
//!
//! ```
//! use thermsolve::quantity::Celsius;
//! assert_eq!(Celsius::new(45.0).unwrap().si(), 318.15);
//! assert_eq!(Celsius::new(-300.0).unwrap_err().to_string(), "temperature must be in -270..=400 °C, got -300");
//! ```

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// A value outside its physical range.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{what} must be in {low}..={high}{space}{unit}, got {got}", space = if unit.is_empty() { "" } else { " " })]
pub struct OutOfRange {
    what: &'static str,
    unit: &'static str,
    low: f64,
    high: f64,
    got: f64,
}

/// What every quantity has.
pub trait Quantity: Sized + Copy {
    /// Name in error messages.
    const WHAT: &'static str;
    /// Unit as written in the case file; empty for a pure number.
    const UNIT: &'static str;
    /// Smallest and largest value allowed.
    const RANGE: (f64, f64);
    /// Checks the range; NaN and infinity are outside.
    fn new(x: f64) -> Result<Self, OutOfRange>;
    /// The number as written.
    fn get(self) -> f64;
    /// The number in SI units (K, m, s, W, rad, Pa).
    fn si(self) -> f64;
}

macro_rules! quantities {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $unit:literal, $low:expr, $high:expr, |$x:ident| $si:expr;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, serde::Serialize)]
            pub struct $name(f64);
            impl $name {
                /// Checks the range; NaN and infinity are outside.
                pub fn new(x: f64) -> Result<Self, OutOfRange> { <Self as Quantity>::new(x) }
                /// The number as written.
                pub fn get(self) -> f64 { self.0 }
                /// The number in SI units.
                pub fn si(self) -> f64 { let $x = self.0; $si }
            }
            impl Quantity for $name {
                const WHAT: &'static str = $what;
                const UNIT: &'static str = $unit;
                const RANGE: (f64, f64) = ($low, $high);
                fn new(x: f64) -> Result<Self, OutOfRange> {
                    let (low, high) = Self::RANGE;
                    if (low..=high).contains(&x) { Ok(Self(x)) } else { Err(OutOfRange { what: $what, unit: $unit, low, high, got: x }) }
                }
                fn get(self) -> f64 { self.0 }
                fn si(self) -> f64 { Self::si(self) }
            }
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    Self::new(f64::deserialize(d)?).map_err(D::Error::custom)
                }
            }
            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
                fn inline_schema() -> bool { true }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({ "type": "number", "minimum": $low, "maximum": $high, "x-unit": $unit })
                }
            }
        )*
        /// Name, unit and range of every quantity.
        pub const TABLE: &[(&str, &str, f64, f64)] = &[$(($what, $unit, $low, $high)),*];
    };
}

quantities! {
    /// Power, W.
    Watts, "power", "W", 0.0, 1e12, |x| x;
    /// Power, kW.
    Kilowatts, "power", "kW", 1e-6, 1e9, |x| 1e3 * x;
    /// Temperature, °C.
    Celsius, "temperature", "°C", -270.0, 400.0, |x| x + crate::constants::CELSIUS_ZERO_K;
    /// Temperature difference, K.
    KelvinStep, "temperature difference", "K", 0.0, 300.0, |x| x;
    /// Tolerance, K.
    KelvinTolerance, "tolerance", "K", 1e-12, 1.0, |x| x;
    /// Length, mm.
    Millimetres, "length", "mm", 0.01, 10_000.0, |x| 1e-3 * x;
    /// Length, m.
    Metres, "length", "m", 1e-3, 1e4, |x| x;
    /// Altitude, km.
    Kilometres, "altitude", "km", 10.0, 1e7, |x| 1e3 * x;
    /// Distance from a body's centre, km.
    Distance, "distance", "km", 1000.0, 1e9, |x| 1e3 * x;
    /// Coordinate from a body's centre, km.
    Coordinate, "coordinate", "km", -1e9, 1e9, |x| 1e3 * x;
    /// Impact or sound velocity, km/s.
    FastVelocity, "velocity", "km/s", 0.1, 100.0, |x| 1e3 * x;
    /// Duration, years.
    Years, "duration", "years", 0.01, 100.0, |x| x;
    /// Calendar year.
    CalendarYear, "year", "", 1988.0, 2100.0, |x| x;
    /// Solar radio flux at 10.7 cm, 10⁻²² W/(m² Hz).
    SolarFlux, "solar radio flux", "sfu", 50.0, 400.0, |x| x;
    /// Brinell hardness.
    Brinell, "Brinell hardness", "", 10.0, 1000.0, |x| x;
    /// Strength, MPa.
    Megapascals, "strength", "MPa", 1.0, 5000.0, |x| 1e6 * x;
    /// Probability, never 1.
    Probability, "probability", "", 0.01, 0.999_999, |x| x;
    /// Factor.
    Factor, "factor", "", 0.0, 1000.0, |x| x;
    /// Component of a velocity, km/s.
    Speed, "velocity", "km/s", -100.0, 100.0, |x| 1e3 * x;
    /// Distance from the Sun, astronomical units.
    AstronomicalUnits, "distance from the Sun", "au", 0.05, 100.0, |x| x * crate::constants::ASTRONOMICAL_UNIT_M;
    /// Eccentricity; closed orbits lie below 1.
    Eccentricity, "eccentricity", "", 0.0, 100.0, |x| x;
    /// Inclination, degrees.
    InclinationDegrees, "inclination", "deg", 0.0, 180.0, |x| x.to_radians();
    /// Angle, degrees.
    AngleDegrees, "angle", "deg", -360.0, 360.0, |x| x.to_radians();
    /// Rate of a turn, degrees a second.
    TurnRate, "rate", "deg/s", -3600.0, 3600.0, |x| x.to_radians();
    /// Component of a direction or a quaternion.
    Component, "component", "", -1e6, 1e6, |x| x;
    /// Time, s.
    Seconds, "time", "s", 0.0, 1e10, |x| x;
    /// Duration, hours.
    DurationHours, "duration", "h", 1e-3, 1e5, |x| 3600.0 * x;
    /// Beta angle, degrees.
    BetaDegrees, "beta angle", "deg", -90.0, 90.0, |x| x.to_radians();
    /// Latitude, degrees.
    LatitudeDegrees, "latitude", "deg", -90.0, 90.0, |x| x.to_radians();
    /// Small angle, degrees.
    TiltDegrees, "angle", "deg", 0.0, 45.0, |x| x.to_radians();
    /// Local solar time, hours.
    Hours, "local time", "h", 0.0, 24.0, |x| 3600.0 * x;
    /// Part of a whole.
    Fraction, "fraction", "", 0.0, 1.0, |x| x;
    /// Efficiency, never zero.
    Efficiency, "efficiency", "", 0.01, 1.0, |x| x;
    /// Thickness of a fin's tip over that of its root.
    Taper, "taper", "", 0.1, 1.0, |x| x;
    /// Thermal resistance, K/W.
    KelvinPerWatt, "thermal resistance", "K/W", 0.0, 10.0, |x| x;
    /// Thermal resistance times length, m K/W.
    MetreKelvinPerWatt, "joint resistance", "m K/W", 0.0, 10.0, |x| x;
    /// Mass per area, kg/m².
    ArealMass, "areal mass", "kg/m²", 0.0, 100.0, |x| x;
    /// Mass, kg.
    Kilograms, "mass", "kg", 0.0, 1e9, |x| x;
    /// Mass that a launch carries, kg.
    LaunchMass, "launch mass", "kg", 1.0, 1e9, |x| x;
    /// Price in the money of the case, of whatever unit its key names.
    Price, "price", "", 0.0, 1e9, |x| x;
    /// Mass per power, kg/kW.
    KilogramsPerKilowatt, "specific mass", "kg/kW", 0.0, 1000.0, |x| 1e-3 * x;
    /// Energy per mass, Wh/kg.
    WattHoursPerKilogram, "specific energy", "Wh/kg", 1.0, 5000.0, |x| 3600.0 * x;
    /// Power per mass, W/kg.
    WattsPerKilogram, "specific power", "W/kg", 1.0, 1e5, |x| x;
    /// Area, m².
    SquareMetres, "area", "m²", 0.01, 1e8, |x| x;
    /// Heat flux, W/m².
    WattsPerSquareMetre, "flux", "W/m²", 0.0, 1e5, |x| x;
    /// Pressure, kPa.
    Kilopascals, "pressure", "kPa", 0.0, 1e5, |x| 1e3 * x;
    /// Velocity, m/s.
    MetresPerSecond, "velocity", "m/s", 0.01, 100.0, |x| x;
    /// Thermal conductivity, W/(m K).
    Conductivity, "thermal conductivity", "W/(m K)", 1e-3, 5000.0, |x| x;
    /// Density, kg/m³.
    Density, "density", "kg/m³", 1.0, 30_000.0, |x| x;
    /// Specific heat, J/(kg K).
    SpecificHeat, "specific heat", "J/(kg K)", 10.0, 20_000.0, |x| x;
    /// Heat capacity, kJ/K.
    LoopCapacity, "heat capacity", "kJ/K", 1e-3, 1e9, |x| 1e3 * x;
    /// Time, minutes.
    Minutes, "time", "min", 0.0, 1e7, |x| 60.0 * x;
    /// Gain of a controller.
    Gain, "gain", "", 0.0, 1e9, |x| x;
    /// Temperature of a lumped node, °C.
    NodeCelsius, "temperature", "°C", -273.0, 3000.0, |x| x + crate::constants::CELSIUS_ZERO_K;
    /// Heat of a lumped node, W.
    NodePower, "power", "W", -1e9, 1e9, |x| x;
    /// Heat capacity, J/K.
    HeatCapacity, "heat capacity", "J/K", 1e-6, 1e12, |x| x;
    /// Latent heat, J.
    LatentHeat, "latent heat", "J", 1e-6, 1e12, |x| x;
    /// Conductance, W/K.
    Conductance, "conductance", "W/K", 1e-9, 1e9, |x| x;
    /// Exchange area (radk), m².
    ExchangeArea, "exchange area", "m²", 1e-12, 1e6, |x| x;
    /// Seebeck coefficient, V/K.
    Seebeck, "Seebeck coefficient", "V/K", 1e-6, 1.0, |x| x;
    /// Electric resistance, Ω.
    Ohms, "electric resistance", "Ω", 0.0, 1e4, |x| x;
    /// Electric current, A.
    Amperes, "current", "A", 0.0, 1000.0, |x| x;
    /// Length, µm.
    Micrometres, "length", "µm", 0.1, 1e5, |x| 1e-6 * x;
    /// Mass flow, kg/s.
    MassFlow, "mass flow", "kg/s", 1e-9, 1e6, |x| x;
    /// Coordinate of a part, m.
    Offset, "coordinate", "m", -1e4, 1e4, |x| x;
    /// Conductance per area, W/(m² K).
    FilmCoefficient, "conductance", "W/(m² K)", 1e-3, 1e9, |x| x;
    /// Correlation coefficient.
    CorrelationCoefficient, "correlation", "", -0.999, 0.999, |x| x;
    /// Mass per length, kg/m.
    MassPerLength, "mass per length", "kg/m", 0.0, 1000.0, |x| x;
    /// Heat times length that a heat pipe carries, W m.
    TransportCapability, "transport capability", "W m", 1e-3, 1e6, |x| x;
    /// Conductance per length, W/(m K).
    EdgeCoefficient, "conductance", "W/(m K)", 1e-6, 1e9, |x| x;
    /// Temperature of a table, K.
    Kelvins, "temperature", "K", 1.0, 3000.0, |x| x;
}

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $low:expr, $high:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
        pub struct $name(usize);
        impl $name {
            /// The number.
            pub fn get(self) -> usize { self.0 }
            /// Checks the range. Errors: the message a user sees.
            pub fn new(x: i64) -> Result<Self, String> {
                let (low, high): (i64, i64) = ($low, $high);
                if (low..=high).contains(&x) {
                    usize::try_from(x).map(Self).map_err(|e| e.to_string())
                } else {
                    Err(format!("{} must be a whole number in {low}..={high}, got {x}", $what))
                }
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Self::new(i64::deserialize(d)?).map_err(D::Error::custom)
            }
        }
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> { stringify!($name).into() }
            fn inline_schema() -> bool { true }
            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "integer", "minimum": $low, "maximum": $high })
            }
        }
    )* };
}

counts! {
    /// How many of a thing, at least one.
    Count, "count", 1, 1_000_000_000;
    /// How many of a thing, perhaps none.
    CountOrNone, "count", 0, 1_000_000_000;
    /// Cells in one direction of one feature.
    Cells, "cell count", 1, 10_000;
    /// Rays of one surface.
    Rays, "ray count", 16, 16_777_216;
    /// Phases of a turn.
    Phases, "phase count", 2, 360;
    /// Orbit positions.
    Positions, "position count", 2, 10_000;
}

/// A design variable: a number fixes it, `[low, high]` lets the optimiser choose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds<Q> {
    /// Lower bound.
    pub low: Q,
    /// Upper bound; equal to `low` when fixed.
    pub high: Q,
}

impl<Q: Quantity> Bounds<Q> {
    /// Lower and upper bound in SI units.
    pub fn si(self) -> (f64, f64) {
        (self.low.si(), self.high.si())
    }
}

impl<'de, Q: Quantity + Deserialize<'de>> Deserialize<'de> for Bounds<Q> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct NumberOrPair<Q>(std::marker::PhantomData<Q>);
        impl<'de, Q: Quantity + Deserialize<'de>> Visitor<'de> for NumberOrPair<Q> {
            type Value = Bounds<Q>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a number, or `[low, high]`, in {}", Q::UNIT)
            }
            fn visit_f64<E: serde::de::Error>(self, x: f64) -> Result<Self::Value, E> {
                let q = Q::new(x).map_err(E::custom)?;
                Ok(Bounds { low: q, high: q })
            }
            #[expect(clippy::cast_precision_loss, reason = "quantities lie far below 2^53")]
            fn visit_i64<E: serde::de::Error>(self, x: i64) -> Result<Self::Value, E> {
                self.visit_f64(x as f64)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let (Some(low), Some(high), None) =
                    (seq.next_element::<Q>()?, seq.next_element::<Q>()?, seq.next_element::<Q>()?)
                else {
                    return Err(A::Error::custom(format!("bounds must be `[low, high]` in {}", Q::UNIT)));
                };
                if low.get() > high.get() {
                    let (low, high, unit) = (low.get(), high.get(), Q::UNIT);
                    return Err(A::Error::custom(format!("lower bound {low} {unit} is above upper bound {high} {unit}")));
                }
                Ok(Bounds { low, high })
            }
        }
        d.deserialize_any(NumberOrPair(std::marker::PhantomData))
    }
}

impl<Q: Quantity> JsonSchema for Bounds<Q> {
    fn schema_name() -> Cow<'static, str> {
        format!("Bounds {}", Q::UNIT).into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let (low, high) = Q::RANGE;
        let number = json_schema!({ "type": "number", "minimum": low, "maximum": high });
        json_schema!({
            "anyOf": [number, { "type": "array", "items": number, "minItems": 2, "maxItems": 2 }],
            "minimum": low, "maximum": high, "x-unit": Q::UNIT
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_and_infinity_are_refused() {
        for x in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(Metres::new(x).is_err(), "{x}");
        }
    }
}
