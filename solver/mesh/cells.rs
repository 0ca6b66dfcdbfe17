//! Unstructured cells: flat shells and solids with corners, of named parts.

use nalgebra::Vector3;
use std::collections::HashMap;

/// Kinds of cells; corners in the order of gmsh and VTK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Shell of 3 corners.
    Triangle,
    /// Shell of 4 corners.
    Quad,
    /// Solid of 4 triangles.
    Tetrahedron,
    /// Solid of 6 quads.
    Hexahedron,
    /// Solid of 2 triangles and 3 quads.
    Wedge,
    /// Solid of a quad and 4 triangles.
    Pyramid,
}

impl Kind {
    /// Corners.
    pub fn corners(self) -> usize {
        match self {
            Self::Triangle => 3,
            Self::Quad | Self::Tetrahedron => 4,
            Self::Pyramid => 5,
            Self::Wedge => 6,
            Self::Hexahedron => 8,
        }
    }

    /// Whether it is a shell, which has a thickness.
    pub fn is_shell(self) -> bool {
        matches!(self, Self::Triangle | Self::Quad)
    }

    /// Corners of each face of a solid, outwards by the right-hand rule; of each edge of a shell.
    pub fn faces(self) -> &'static [&'static [usize]] {
        match self {
            Self::Triangle => &[&[0, 1], &[1, 2], &[2, 0]],
            Self::Quad => &[&[0, 1], &[1, 2], &[2, 3], &[3, 0]],
            Self::Tetrahedron => &[&[0, 2, 1], &[0, 1, 3], &[1, 2, 3], &[0, 3, 2]],
            Self::Hexahedron => &[&[0, 3, 2, 1], &[4, 5, 6, 7], &[0, 1, 5, 4], &[1, 2, 6, 5], &[2, 3, 7, 6], &[3, 0, 4, 7]],
            Self::Wedge => &[&[0, 2, 1], &[3, 4, 5], &[0, 1, 4, 3], &[1, 2, 5, 4], &[2, 0, 3, 5]],
            Self::Pyramid => &[&[0, 3, 2, 1], &[0, 1, 4], &[1, 2, 4], &[2, 3, 4], &[3, 0, 4]],
        }
    }
}

/// No corner.
pub const NONE: u32 = u32::MAX;

/// Corners of a face in ascending order, [`NONE`] behind them: the same from both sides.
pub fn key(corners: impl IntoIterator<Item = u32>) -> [u32; 4] {
    let mut key = [NONE; 4];
    key.iter_mut().zip(corners).for_each(|(k, c)| *k = c);
    key.sort_unstable();
    key
}

/// A named set of faces of solids.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skin {
    /// Name.
    pub name: String,
    /// Faces by their [`key`].
    pub faces: Vec<[u32; 4]>,
}

/// Cells of named parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    /// Points, m.
    pub points_m: Vec<Vector3<f64>>,
    /// Kind of each cell.
    pub kinds: Vec<Kind>,
    /// Corners of each cell, as many as its kind has; [`NONE`] behind them.
    pub corners: Vec<[u32; 8]>,
    /// Part of each cell.
    pub part: Vec<u32>,
    /// Names of the parts.
    pub parts: Vec<String>,
    /// Named faces of solids.
    pub skins: Vec<Skin>,
}

impl Cells {
    /// Cells.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }
    /// Corners of a cell.
    pub fn corners(&self, cell: usize) -> &[u32] {
        &self.corners[cell][..self.kinds[cell].corners()]
    }
    /// Places of the corners of a cell, m.
    pub fn places(&self, cell: usize) -> impl Iterator<Item = Vector3<f64>> {
        self.corners(cell).iter().map(|&c| self.points_m[c as usize])
    }
    /// Number of a part by name; a new one if there is none.
    pub fn part_named(&mut self, name: &str) -> u32 {
        let at = self.parts.iter().position(|p| p == name).unwrap_or_else(|| {
            self.parts.push(name.to_owned());
            self.parts.len() - 1
        });
        u32::try_from(at).unwrap_or(NONE)
    }
    /// Adds a cell.
    pub fn push(&mut self, kind: Kind, corners: &[u32], part: u32) {
        let mut all = [NONE; 8];
        all.iter_mut().zip(corners).for_each(|(a, c)| *a = *c);
        self.kinds.push(kind);
        self.corners.push(all);
        self.part.push(part);
    }
    /// Adds a point; returns its number.
    pub fn point(&mut self, at: Vector3<f64>) -> u32 {
        self.points_m.push(at);
        u32::try_from(self.points_m.len() - 1).unwrap_or(NONE)
    }
    /// Cells of a part.
    pub fn of_part(&self, part: u32) -> impl Iterator<Item = usize> {
        (0..self.len()).filter(move |&c| self.part[c] == part)
    }

    /// Smallest and largest coordinates, m; zeros without points.
    pub fn extent_m(&self) -> (Vector3<f64>, Vector3<f64>) {
        let Some(first) = self.points_m.first() else { return (Vector3::zeros(), Vector3::zeros()) };
        self.points_m.iter().fold((*first, *first), |(low, high), p| (low.inf(p), high.sup(p)))
    }

    /// Takes shells that lie on faces of solids as names of those faces: what a mesher writes for a named boundary.
    pub fn separate_skins(&mut self) {
        if !self.kinds.iter().any(|k| !k.is_shell()) || !self.kinds.iter().any(|k| k.is_shell()) {
            return;
        }
        let mut of_shell: HashMap<[u32; 4], bool> = HashMap::new();
        for cell in (0..self.len()).filter(|&c| self.kinds[c].is_shell()) {
            of_shell.insert(key(self.corners(cell).iter().copied()), false);
        }
        for cell in (0..self.len()).filter(|&c| !self.kinds[c].is_shell()) {
            for face in self.kinds[cell].faces() {
                if let Some(on_solid) = of_shell.get_mut(&key(face.iter().map(|&k| self.corners[cell][k]))) {
                    *on_solid = true;
                }
            }
        }
        let mut kept = Self { points_m: std::mem::take(&mut self.points_m), ..Self::default() };
        let (mut skins, mut parts) = (vec![None; self.parts.len()], vec![None; self.parts.len()]);
        for cell in 0..self.len() {
            let (kind, part) = (self.kinds[cell], self.part[cell] as usize);
            let face = key(self.corners(cell).iter().copied().take(4));
            if kind.is_shell() && of_shell[&face] {
                let new = kept.skins.len();
                let skin = *skins[part].get_or_insert(new);
                if skin == new {
                    kept.skins.push(Skin { name: self.parts[part].clone(), faces: vec![] });
                }
                kept.skins[skin].faces.push(face);
            } else {
                let part = *parts[part].get_or_insert_with(|| kept.part_named(&self.parts[part]));
                kept.push(kind, self.corners(cell), part);
            }
        }
        *self = kept;
    }

    /// Forgets points that no cell uses.
    pub fn drop_unused_points(&mut self) {
        let mut new = vec![NONE; self.points_m.len()];
        for cell in 0..self.len() {
            self.corners(cell).iter().for_each(|&c| new[c as usize] = 0);
        }
        new.iter_mut().filter(|n| **n == 0).zip(0..).for_each(|(n, at)| *n = at);
        let old = std::mem::take(&mut self.points_m);
        self.points_m = old.into_iter().zip(&new).filter(|(_, n)| **n != NONE).map(|(p, _)| p).collect();
        self.renumber(&new);
    }

    /// Makes points at exactly the same place one; returns how many went.
    pub fn join_equal_points(&mut self) -> usize {
        let mut first: HashMap<[u64; 3], u32> = HashMap::new();
        let mut new = Vec::with_capacity(self.points_m.len());
        let old = std::mem::take(&mut self.points_m);
        for p in &old {
            // 0 and −0 are the same place.
            let at = [p.x, p.y, p.z].map(|x| (x + 0.0).to_bits());
            let next = u32::try_from(self.points_m.len()).unwrap_or(NONE);
            let number = *first.entry(at).or_insert(next);
            if number == next {
                self.points_m.push(*p);
            }
            new.push(number);
        }
        self.renumber(&new);
        old.len() - self.points_m.len()
    }

    fn renumber(&mut self, new: &[u32]) {
        let renumber = |c: &mut u32| *c = new.get(*c as usize).copied().unwrap_or(NONE);
        self.corners.iter_mut().flatten().for_each(renumber);
        for face in self.skins.iter_mut().flat_map(|s| &mut s.faces) {
            face.iter_mut().for_each(renumber);
            face.sort_unstable();
        }
    }

    /// Adds the cells of another mesh; parts and skins of the same name become one.
    pub fn append(&mut self, other: &Self) {
        let shift = u32::try_from(self.points_m.len()).unwrap_or(NONE);
        self.points_m.extend(&other.points_m);
        let moved = |c: u32| if c == NONE { NONE } else { c + shift };
        let part: Vec<u32> = other.parts.iter().map(|name| self.part_named(name)).collect();
        self.kinds.extend(&other.kinds);
        self.corners.extend(other.corners.iter().map(|c| c.map(moved)));
        self.part.extend(other.part.iter().map(|&p| part[p as usize]));
        for skin in &other.skins {
            let faces = skin.faces.iter().map(|f| f.map(moved));
            match self.skins.iter_mut().find(|s| s.name == skin.name) {
                Some(s) => s.faces.extend(faces),
                None => self.skins.push(Skin { name: skin.name.clone(), faces: faces.collect() }),
            }
        }
    }

    /// Hexahedra cut into six tetrahedra each along the diagonal from corner 0 to corner 6, so that neighbours in a lattice
    /// agree on the faces between them.
    #[must_use]
    pub fn hexahedra_as_tetrahedra(&self) -> Self {
        const SIX: [[usize; 4]; 6] = [[0, 1, 2, 6], [0, 2, 3, 6], [0, 3, 7, 6], [0, 7, 4, 6], [0, 4, 5, 6], [0, 5, 1, 6]];
        let mut cut = Self { points_m: self.points_m.clone(), parts: self.parts.clone(), ..Self::default() };
        for cell in 0..self.len() {
            let corners = self.corners(cell);
            if self.kinds[cell] == Kind::Hexahedron {
                for four in SIX {
                    cut.push(Kind::Tetrahedron, &four.map(|k| corners[k]), self.part[cell]);
                }
            } else {
                cut.push(self.kinds[cell], corners, self.part[cell]);
            }
        }
        cut
    }
}
