//! Decks of SINDA and ESATAN, and what is made of them: a case, and a deck of the other kind again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use thermsolve::case;
use thermsolve::deck::{self, Deck, esatan, matrix_market, sinda};
use thermsolve::model::assembly::Assembly;

fuzz_target!(|text: &str| {
    deck::read("fuzz.inp", text).ok();
    for read in [sinda::read("fuzz.inp", text), esatan::read("fuzz.inp", text)] {
        match read {
            Ok(deck) => again(&deck),
            Err(e) => drop(std::hint::black_box(e.to_string())),
        }
    }
});

fn again(deck: &Deck) {
    let Ok(file) = case::parse("fuzz.toml", deck.to_case()) else { return };
    let Ok(model) = Assembly::from_case(file) else { return };
    let again = Deck::of_model(&model);
    std::hint::black_box((sinda::write(&again), esatan::write(&again), matrix_market::write(&model, &[], 300.0)));
}
