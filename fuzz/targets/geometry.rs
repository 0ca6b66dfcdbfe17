//! Geometry, missions and conditions of ESATAN-TMS, and the case that is made of them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use thermsolve::analysis::joins::touch_nothing;
use thermsolve::case;
use thermsolve::deck::Text;
use thermsolve::deck::geometry::{Choice, read};
use thermsolve::model::assembly::Assembly;

fuzz_target!(|text: &str| {
    let text = Text::of("fuzz.erg", text);
    let choices = [Choice::default(), Choice { mission: Some("Terminator"), analysis: Some("Busy") }];
    for choice in choices {
        let mut found = match read(&text, &choice) {
            Ok(found) => found,
            Err(e) => {
                std::hint::black_box(e.to_string());
                continue;
            }
        };
        found.settle(&[]);
        if found.parts.is_empty() && found.nodes.is_empty() {
            continue;
        }
        // What is translated is a case: nothing in the text may make one that cannot be.
        let made = found.to_case(|line| text.place(line));
        let file = case::parse("fuzz.toml", made.clone()).unwrap_or_else(|e| panic!("{e}\n{made}"));
        let model = Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}\n{made}"));
        // Contacts are looked for on the meshes, which may be large.
        let cells: usize = found.parts.iter().map(|p| p.cells.iter().product::<usize>()).sum();
        if cells < 20_000 && found.contacts.len() < 100 {
            let nothing = touch_nothing(&model).unwrap_or_default();
            found.settle(&nothing);
            std::hint::black_box(found.to_case(|line| text.place(line)));
        }
    }
});
