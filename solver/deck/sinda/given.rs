//! What blocks of a SINDA deck give to others: units and arrays.

use super::super::Place;
use super::super::expression::{points, short};
use super::super::gather::{Told, fields};
use super::read::{Block, Reader};

impl Reader {
    /// `C TDUNITS, Temp = K`.
    pub(super) fn units_said(&mut self, raw: &str) {
        let Some((_, rest)) = raw.split_once("TDUNITS,") else { return };
        if let Some((what, unit)) = rest.split_once('=') {
            self.said.insert(what.trim().to_ascii_uppercase(), unit.trim().to_ascii_uppercase());
        }
    }

    pub(super) fn units(&mut self) -> Result<(), Told> {
        let said = |what: &str| self.said.get(what).map(String::as_str);
        let si = |what: &str, units: &[&str]| said(what).is_none_or(|u| units.contains(&u));
        const CONVERT: &str = "write the deck in J, s and K or °C, with UID = SI and ABSZRO in HEADER CONTROL DATA, GLOBAL";
        if self.international == Some(false) || !(si("ENERGY", &["J"]) && si("TIME", &["S", "SEC"])) {
            return Err(self.g.error(0, "the deck is not in SI units", CONVERT));
        }
        let zero = match (self.control.get("ABSZRO"), said("TEMP"), self.international) {
            (Some(abszro), ..) => -abszro,
            (None, Some("K"), _) => 0.0,
            (None, Some("C"), _) | (None, None, Some(true)) => 273.15,
            _ => return Err(self.g.error(0, "the deck does not say its unit of temperature", CONVERT)),
        };
        if !(zero == 0.0 || (273.0..=273.2).contains(&zero)) {
            return Err(self.g.error(0, format!("ABSZRO = {} is that of neither K nor °C", -zero), CONVERT));
        }
        self.zero_k = zero;
        Ok(())
    }

    pub(super) fn by_temperature(&mut self, line: usize, text: &str, submodel: &str) -> Result<Vec<(f64, f64)>, Told> {
        let zero = self.zero_k;
        Ok(self.array(line, text, submodel)?.into_iter().map(|(t, v)| (t + zero, v)).collect())
    }

    /// Points of an array named as `A5`, `SUB.A5` or `5`.
    pub(super) fn array(&mut self, line: usize, text: &str, submodel: &str) -> Result<Vec<(f64, f64)>, Told> {
        let text = text.to_ascii_uppercase();
        let (of, name) = text.rsplit_once('.').unwrap_or((submodel, &text));
        let number = name.trim().trim_start_matches('A').parse::<u64>().ok();
        let found = number.and_then(|number| self.arrays.get(&Place { submodel: of.trim().to_owned(), number }));
        match found {
            Some(Some(array)) => {
                let found = points(array);
                self.g.told(line, found)
            }
            Some(None) => Err(self.g.error(line, format!("array {} is not of numbers", short(&text)), "give pairs of numbers")),
            None => {
                Err(self.g.error(line, format!("no array {} in submodel {of}", short(name)), "define it in HEADER ARRAY DATA"))
            }
        }
    }

    pub(super) fn array_block(&mut self, block: &Block<'_>) {
        let mut open: Option<(u64, Vec<f64>, bool)> = None;
        for l in &block.lines {
            let (head, body) = match l.text.split_once('=') {
                Some((head, body)) => (Some(head.trim()), body),
                None => (None, l.text),
            };
            let mut values = fields(body.trim());
            // Old decks: the number, then the values up to END.
            let head = head.or_else(|| open.is_none().then(|| values.remove(0)));
            if let Some(head) = head {
                self.close(&block.submodel, open.take());
                let Ok(number) = head.to_ascii_uppercase().trim_start_matches('A').parse() else {
                    self.g.error(l.line, format!("`{}` is no number of an array", short(head)), "write 5 = x, y, …");
                    return;
                };
                open = Some((number, vec![], true));
            }
            for v in values.into_iter().filter(|v| !v.is_empty()) {
                if v.eq_ignore_ascii_case("END") {
                    self.close(&block.submodel, open.take());
                } else if let Some((_, all, good)) = &mut open {
                    match self.constant(v) {
                        Ok(x) => all.push(x),
                        Err(_) => *good = false,
                    }
                }
            }
        }
        self.close(&block.submodel, open);
    }

    fn close(&mut self, submodel: &str, array: Option<(u64, Vec<f64>, bool)>) {
        if let Some((number, values, good)) = array {
            self.arrays.insert(Place { submodel: submodel.to_owned(), number }, good.then(|| values.into()));
        }
    }
}
