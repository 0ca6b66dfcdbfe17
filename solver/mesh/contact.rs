//! Where faces lie on each other.

use super::faces::polygon;
use nalgebra::{Vector2, Vector3};

/// Largest angle between faces that touch, as its cosine (15°).
const LEAST_COSINE: f64 = 0.966;

/// Area over which two flat convex polygons lie on each other, m²: their outlines in the plane of the first, clipped. 0 where they
/// are farther apart than `within_m` or lean by more than 15°. The sides may look either way.
pub fn overlap_m2(a: &[Vector3<f64>], b: &[Vector3<f64>], within_m: f64) -> f64 {
    let ((area_a, at_a), (area_b, at_b)) = (polygon(a), polygon(b));
    let (Some(normal), Some(other)) = (area_a.try_normalize(0.0), area_b.try_normalize(0.0)) else { return 0.0 };
    if normal.dot(&other).abs() < LEAST_COSINE || (at_b - at_a).dot(&normal).abs() > within_m {
        return 0.0;
    }
    let u = (a[1] - a[0]).normalize();
    let v = normal.cross(&u);
    let flat = |p: &Vector3<f64>| Vector2::new((p - at_a).dot(&u), (p - at_a).dot(&v));
    let clip: Vec<Vector2<f64>> = a.iter().map(flat).collect();
    let mut piece: Vec<Vector2<f64>> = b.iter().map(flat).collect();
    for k in 0..clip.len() {
        let (from, to) = (clip[k], clip[(k + 1) % clip.len()]);
        // Positive inside: the first polygon runs counter-clockwise about its own normal.
        let side = |p: &Vector2<f64>| (to - from).perp(&(p - from));
        let mut cut = Vec::with_capacity(piece.len() + 1);
        for i in 0..piece.len() {
            let (p, q) = (piece[i], piece[(i + 1) % piece.len()]);
            let (sp, sq) = (side(&p), side(&q));
            if sp >= 0.0 {
                cut.push(p);
            }
            if (sp > 0.0 && sq < 0.0) || (sp < 0.0 && sq > 0.0) {
                cut.push(p + (q - p) * (sp / (sp - sq)));
            }
        }
        piece = cut;
    }
    (0..piece.len()).map(|k| 0.5 * piece[k].perp(&piece[(k + 1) % piece.len()])).sum::<f64>().abs()
}

/// Length over which two straight edges lie along each other, m: the second's shadow on the first, cut to it. 0 where the second's
/// middle part there is farther away than `within_m` or they lean by more than 15°.
pub fn overlap_m(a: &[Vector3<f64>; 2], b: &[Vector3<f64>; 2], within_m: f64) -> f64 {
    let (along, length) = ((a[1] - a[0]).normalize(), (a[1] - a[0]).norm());
    if along.dot(&(b[1] - b[0]).normalize()).abs() < LEAST_COSINE {
        return 0.0;
    }
    let [s, t] = b.map(|p| (p - a[0]).dot(&along));
    let (low, high) = (s.min(t).max(0.0), s.max(t).min(length));
    let middle = b[0] + (b[1] - b[0]) * ((0.5 * (low + high) - s) / (t - s)) - a[0];
    let away = (middle - along * middle.dot(&along)).norm();
    if high > low && away <= within_m { high - low } else { 0.0 }
}

/// Pairs of polygons that lie on each other, with their common area, m².
///
/// Truth: `meshes::contacts_find_their_area`.
pub fn pairs(a: &[Vec<Vector3<f64>>], b: &[Vec<Vector3<f64>>], within_m: f64) -> Vec<(usize, usize, f64)> {
    let bounds = |p: &Vec<Vector3<f64>>| {
        let low = p.iter().fold(p[0], |l, x| l.inf(x)).add_scalar(-within_m);
        (low, p.iter().fold(p[0], |h, x| h.sup(x)).add_scalar(within_m))
    };
    let (box_a, box_b): (Vec<_>, Vec<_>) = (a.iter().map(bounds).collect(), b.iter().map(bounds).collect());
    // Along the longest direction, sorted by lower ends.
    let spread = |axis: usize| {
        let ends = box_b.iter().map(|b| b.0[axis]);
        ends.clone().fold(f64::MIN, f64::max) - ends.fold(f64::MAX, f64::min)
    };
    let axis = (0..3).max_by(|&i, &j| spread(i).total_cmp(&spread(j))).unwrap_or(0);
    let mut order: Vec<usize> = (0..b.len()).collect();
    order.sort_by(|&i, &j| box_b[i].0[axis].total_cmp(&box_b[j].0[axis]));
    let widest = box_b.iter().map(|b| b.1[axis] - b.0[axis]).fold(0.0, f64::max);
    let mut found = vec![];
    for (i, (low, high)) in box_a.iter().enumerate() {
        let from = order.partition_point(|&j| box_b[j].0[axis] < low[axis] - widest);
        for &j in order[from..].iter().take_while(|&&j| box_b[j].0[axis] <= high[axis]) {
            let (l, h) = box_b[j];
            if (0..3).all(|k| l[k] <= high[k] && low[k] <= h[k]) {
                let area = overlap_m2(&a[i], &b[j], within_m);
                if area > 0.0 {
                    found.push((i, j, area));
                }
            }
        }
    }
    found
}
