//! Two-line elements, and their flight once around and over a day. Checksums are mended, or few changes would get past them.
#![no_main]

use thermsolve::environment::Flight;

fn mended(line: &str) -> String {
    let sum = |sum: u32, c: char| sum + if c == '-' { 1 } else { c.to_digit(10).unwrap_or(0) };
    match line.char_indices().nth(68) {
        Some((at, _)) => format!("{}{}", &line[..at], line[..at].chars().fold(0, sum) % 10),
        None => line.to_owned(),
    }
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let lines: Vec<String> = text.lines().map(mended).collect();
    for text in [text, &lines.join("\n")] {
        for span_s in [None, Some(86_400.0)] {
            if let Ok(flight) = Flight::tle(text, None, span_s, text.len() % 2 == 0) {
                flight.altitude_range_m();
            }
        }
    }
});
