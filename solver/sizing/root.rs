//! A root between two ends.

/// The root of `f` between `low` and `high`, where its signs differ, by false position in which the end that stays counts half
/// (Illinois); ends where `|f| < small`, or the ends are next to each other.
///
/// Truth: `sizing::tests::a_root_is_found_between_its_ends`.
pub fn between(
    (mut low, mut high): (f64, f64),
    (mut at_low, mut at_high): (f64, f64),
    small: f64,
    f: impl Fn(f64) -> f64,
) -> f64 {
    let mut kept_high = None;
    for _ in 0..200 {
        let x = (low * at_high - high * at_low) / (at_high - at_low);
        if x <= low.min(high) || x >= low.max(high) {
            break;
        }
        let y = f(x);
        if y.abs() < small {
            return x;
        }
        // Both ends move.
        if (y > 0.0) == (at_low > 0.0) {
            (low, at_low) = (x, y);
            at_high *= if kept_high == Some(true) { 0.5 } else { 1.0 };
            kept_high = Some(true);
        } else {
            (high, at_high) = (x, y);
            at_low *= if kept_high == Some(false) { 0.5 } else { 1.0 };
            kept_high = Some(false);
        }
    }
    if at_low.abs() < at_high.abs() { low } else { high }
}
