//! Combinations and moves: which leaves stand where.

use super::reader::{Arguments, Reader};
use super::shells::Primitive;
use super::text::{Call, word};
use super::{Geometry, Node, Part, short};
use nalgebra::{Isometry3, Translation3, UnitQuaternion};
use std::rc::Rc;

/// Leaves of a tree.
const MOST: usize = 10_000;
/// Largest coordinate, m.
pub(super) const FAR_M: f64 = 5e3;
/// Trees in one another.
const DEPTH: usize = 64;

/// What stands at the ends of trees.
#[derive(Clone, Debug)]
pub(super) enum Leaf {
    Shape(Primitive),
    /// A node without geometry and its capacity, J/K.
    Node {
        name: String,
        line: usize,
        capacity_j_per_k: f64,
    },
    /// What could not be translated.
    Nothing,
}

/// A leaf or a combination, moved.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    by: Isometry3<f64>,
    of: Rc<Of>,
    leaves: usize,
    depth: usize,
}

#[derive(Debug)]
enum Of {
    Leaf(usize),
    All(Vec<Tree>),
}

impl Tree {
    /// All leaves with their places.
    pub(super) fn leaves(&self, by: &Isometry3<f64>, all: &mut Vec<(usize, Isometry3<f64>)>) {
        let by = by * self.by;
        match &*self.of {
            Of::Leaf(leaf) => all.push((*leaf, by)),
            Of::All(trees) => trees.iter().for_each(|t| t.leaves(&by, all)),
        }
    }
}

/// Operands of `A + B - C`, and whether each is taken away.
fn operands(text: &str) -> Option<Vec<(bool, &str)>> {
    let (mut all, mut minus, mut rest) = (vec![], false, text.trim());
    loop {
        let (name, after) = word(rest);
        if name.is_empty() {
            return None;
        }
        all.push((minus, name));
        let after = after.trim_start();
        match after.chars().next() {
            None => return Some(all),
            Some(c @ ('+' | '-')) => {
                minus = c == '-';
                rest = &after[1..];
            }
            Some(_) => return None,
        }
    }
}

impl Reader {
    pub(super) fn plant(&mut self, to: &str, leaf: Leaf) {
        self.leaves.push(leaf);
        let of = Rc::new(Of::Leaf(self.leaves.len() - 1));
        self.trees.insert(to.to_ascii_uppercase(), Tree { by: Isometry3::identity(), of, leaves: 1, depth: 0 });
    }

    /// Whether an expression is of trees.
    pub(super) fn is_of_trees(&self, text: &str) -> bool {
        operands(text).is_some_and(|all| all.iter().any(|(_, name)| self.trees.contains_key(&name.to_ascii_uppercase())))
    }

    fn tree(&mut self, name: &str) -> Option<Tree> {
        self.used.insert(name.to_ascii_uppercase());
        self.trees.get(&name.to_ascii_uppercase()).cloned()
    }

    fn insert(&mut self, to: &str, all: Vec<Tree>) -> Result<(), String> {
        let leaves = all.iter().map(|t| t.leaves).sum();
        let depth = all.iter().map(|t| t.depth + 1).max().unwrap_or(0);
        if leaves > MOST || depth > DEPTH {
            return Err(format!("more than {MOST} shells in a combination, or {DEPTH} combinations in one another"));
        }
        let to = to.to_ascii_uppercase();
        self.used.remove(&to);
        self.trees.insert(to, Tree { by: Isometry3::identity(), of: Rc::new(Of::All(all)), leaves, depth });
        Ok(())
    }

    /// `X = A + B - C`.
    pub(super) fn combined(&mut self, line: usize, to: &str, text: &str) -> Result<(), String> {
        let all = operands(text).ok_or_else(|| format!("`{}` is no combination", short(text)))?;
        let mut found = vec![];
        for (minus, name) in all {
            match (minus, self.tree(name)) {
                (true, _) => self.lost(line, format!("{to}: the cut by {name} is not made, what it cuts stays whole")),
                (false, Some(tree)) => found.push(tree),
                (false, None) => self.lost(line, format!("{to}: {name} is not known or not translated")),
            }
        }
        self.insert(to, found)
    }

    /// `X = TRANSLATE (object_name = A, …)`, `ROTATE`, `SINGLE_COMBINATION`: about and along the fixed axes, after what was before.
    pub(super) fn moved(&mut self, line: usize, to: &str, call: &Call) -> Result<(), String> {
        let a = Arguments { reader: self, call };
        let key = if call.name == "SINGLE_COMBINATION" { "geometry" } else { "object_name" };
        let name = a.raw(key).ok_or_else(|| format!("{} without `{key}`", call.name))?.to_owned();
        let three = |keys: [&str; 3]| -> Result<[f64; 3], String> {
            let [x, y, z] = keys.map(|k| a.number(k).map(|v| v.unwrap_or(0.0)));
            Ok([x?, y?, z?])
        };
        let (keys, by) = match call.name.as_str() {
            "TRANSLATE" => {
                let keys = ["x_dist", "y_dist", "z_dist"];
                (keys, Isometry3::from_parts(Translation3::from(three(keys)?), UnitQuaternion::identity()))
            }
            "ROTATE" => {
                let keys = ["x_ang", "y_ang", "z_ang"];
                let [x, y, z] = three(keys)?.map(f64::to_radians);
                (keys, Isometry3::from_parts(Translation3::identity(), UnitQuaternion::from_euler_angles(x, y, z)))
            }
            _ => (["geometry"; 3], Isometry3::identity()),
        };
        let (clear, strange) = (a.is_true("clear"), a.strangers(&[keys[0], keys[1], keys[2], key, "clear"]));
        let same = name.eq_ignore_ascii_case(to);
        let before = self.used.contains(&name.to_ascii_uppercase());
        let Some(mut tree) = self.tree(&name) else {
            return Err(format!("{name} is not known or not translated"));
        };
        if same && !before {
            self.used.remove(&name.to_ascii_uppercase());
        }
        if !by.translation.vector.iter().all(|x| x.abs() <= FAR_M) {
            return Err(format!("moves go {FAR_M} m at most"));
        }
        tree.by = by * if clear { Isometry3::identity() } else { tree.by };
        if let Some(s) = strange {
            self.lost(line, format!("{to}: {s}"));
        }
        if key == "geometry" {
            return self.insert(to, vec![tree]);
        }
        if !same {
            self.used.remove(&to.to_ascii_uppercase());
        }
        self.trees.insert(to.to_ascii_uppercase(), tree);
        Ok(())
    }

    /// Parts and nodes of the whole: of the tree that has the model's name, or of all that are in no other.
    pub(super) fn gathered(&mut self) -> Geometry {
        let root = self.model.as_ref().map(|m| m.to_ascii_uppercase()).filter(|m| self.trees.contains_key(m));
        let roots: Vec<String> = match root {
            Some(root) => vec![root],
            None => self.trees.keys().filter(|k| !self.used.contains(*k)).cloned().collect(),
        };
        let mut leaves = vec![];
        for root in roots {
            if leaves.len() + self.trees[&root].leaves > MOST {
                self.lost(0, format!("more than {MOST} shells in the model: {root} and what follows it are left out"));
                break;
            }
            self.trees[&root].leaves(&Isometry3::identity(), &mut leaves);
        }
        let mut found = Geometry::default();
        let (mut there, mut far) = (vec![false; self.leaves.len()], vec![]);
        for (leaf, by) in leaves {
            there[leaf] = true;
            match &self.leaves[leaf] {
                Leaf::Nothing => (),
                Leaf::Node { name, line, capacity_j_per_k } => {
                    let node = Node::new(super::fresh(&mut found.names, name), leaf, *line, *capacity_j_per_k);
                    found.nodes.push(node);
                }
                Leaf::Shape(primitive) => {
                    for (k, piece) in primitive.pieces.iter().enumerate() {
                        let (wanted, place) = (format!("{}{}", primitive.name, piece.suffix), by * piece.local);
                        if place.translation.vector.iter().all(|x| x.abs() <= FAR_M) {
                            found.parts.push(Part::new(super::fresh(&mut found.names, &wanted), (leaf, k), primitive, place));
                        } else {
                            far.push((primitive.line, wanted));
                        }
                    }
                }
            }
        }
        for (line, name) in far {
            self.lost(line, format!("{name}: more than {FAR_M} m away: left out"));
        }
        let missing: Vec<(usize, String)> = self
            .leaves
            .iter()
            .zip(&there)
            .filter(|(_, there)| !**there)
            .filter_map(|(leaf, _)| match leaf {
                Leaf::Shape(p) => Some((p.line, p.name.clone())),
                Leaf::Node { name, line, .. } => Some((*line, name.clone())),
                Leaf::Nothing => None,
            })
            .collect();
        for (line, name) in missing {
            self.note(line, format!("{name} is in no combination of the model: left out"));
        }
        found
    }
}
