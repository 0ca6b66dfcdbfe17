//! Orbit ephemeris messages, and their flight.
#![no_main]

use thermsolve::environment::Flight;
use thermsolve::environment::body::Body;

libfuzzer_sys::fuzz_target!(|text: &str| {
    for body in [Body::EARTH, Body::MOON] {
        if let Ok(flight) = Flight::oem(body, text, text.len() % 2 == 0) {
            flight.altitude_range_m();
        }
    }
});
