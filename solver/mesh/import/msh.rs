//! gmsh `.msh`, versions 2.2 and 4.1, text and binary. Physical groups become parts.

use super::{Malformed, part_named};
use crate::mesh::cells::{Cells, Kind};
use nalgebra::Vector3;
use std::collections::HashMap;

/// Reads numbers that stand as words or as bytes.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    binary: bool,
    big_endian: bool,
}

type Read<T> = Result<T, Malformed>;

impl<'a> Reader<'a> {
    fn fail<T>(&self, message: impl Into<String>) -> Read<T> {
        #[expect(clippy::naive_bytecount, reason = "once, when a file is refused")]
        let line = 1 + self.bytes[..self.at].iter().filter(|b| **b == b'\n').count();
        Err(Malformed((!self.binary).then_some(line), message.into()))
    }

    fn skip_space(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
    }

    /// The next word; empty at the end.
    fn word(&mut self) -> &'a str {
        self.skip_space();
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        self.at += end;
        std::str::from_utf8(&rest[..end]).unwrap_or("\u{fffd}")
    }

    /// The rest of the line without its end.
    fn line(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|b| *b == b'\n').unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        &rest[..end]
    }

    fn parsed<T: std::str::FromStr>(&mut self, what: &str) -> Read<T> {
        let word = self.word();
        match word.parse() {
            Ok(x) => Ok(x),
            Err(_) if word.is_empty() => self.fail(format!("the file ends where {what} should stand")),
            Err(_) => self.fail(format!("{what} expected, got `{}`", word.chars().take(40).collect::<String>())),
        }
    }

    fn take<const N: usize>(&mut self) -> Read<[u8; N]> {
        match self.bytes.get(self.at..self.at + N).and_then(|b| <[u8; N]>::try_from(b).ok()) {
            Some(mut b) => {
                self.at += N;
                if self.big_endian {
                    b.reverse();
                }
                Ok(b)
            }
            None => self.fail("the file ends inside a number"),
        }
    }

    fn int(&mut self) -> Read<i64> {
        if self.binary { Ok(i32::from_le_bytes(self.take()?).into()) } else { self.parsed("a whole number") }
    }

    fn size(&mut self) -> Read<u64> {
        if self.binary { Ok(u64::from_le_bytes(self.take()?)) } else { self.parsed("a count") }
    }

    fn double(&mut self) -> Read<f64> {
        if self.binary { Ok(f64::from_le_bytes(self.take()?)) } else { self.parsed("a number") }
    }

    fn point(&mut self) -> Read<Vector3<f64>> {
        Ok(Vector3::new(self.double()?, self.double()?, self.double()?))
    }

    /// A count of things that take at least `least` bytes each in what is left of the file.
    fn checked(&self, count: u64, least: usize) -> Read<usize> {
        let room = (self.bytes.len() - self.at) / least;
        match usize::try_from(count) {
            Ok(n) if n <= room => Ok(n),
            _ => self.fail(format!("{count} entries are declared, the rest of the file has room for {room} at most")),
        }
    }

    fn count(&mut self, least: usize) -> Read<usize> {
        let n = self.size()?;
        self.checked(n, if self.binary { least } else { 2 })
    }

    /// Ends a section.
    fn end(&mut self, name: &str) -> Read<()> {
        let word = self.word();
        if word.strip_prefix("$End") == Some(name) {
            return Ok(());
        }
        self.fail(format!("`$End{name}` expected"))
    }
}

/// Kind by gmsh's number; `None` for points and lines, which are passed over with their count of corners.
fn kind(number: i64) -> Read<(Option<Kind>, usize)> {
    Ok(match number {
        1 => (None, 2),
        2 => (Some(Kind::Triangle), 3),
        3 => (Some(Kind::Quad), 4),
        4 => (Some(Kind::Tetrahedron), 4),
        5 => (Some(Kind::Hexahedron), 8),
        6 => (Some(Kind::Wedge), 6),
        7 => (Some(Kind::Pyramid), 5),
        15 => (None, 1),
        8..=14 | 16..=31 | 36..=66 | 90..=93 => {
            return Err(format!("element type {number} has curved edges; mesh with `Mesh.ElementOrder = 1;`").into());
        }
        _ => return Err(format!("unknown element type {number}").into()),
    })
}

#[derive(Default)]
struct Content {
    /// (dimension, tag) to name.
    names: HashMap<(i64, i64), String>,
    /// (dimension, entity) to physical group.
    group: HashMap<(i64, i64), i64>,
    /// Tag to point.
    point: HashMap<u64, u32>,
    /// (dimension, physical group) to part.
    part: HashMap<(i64, i64), u32>,
    cells: Cells,
}

impl Content {
    fn add_point(&mut self, tag: u64, at: Vector3<f64>) -> Read<()> {
        let number = self.cells.point(at);
        if self.point.insert(tag, number).is_some() {
            return Err(format!("node {tag} stands twice in the file").into());
        }
        Ok(())
    }

    fn part(&mut self, kind: Kind, group: i64) -> Read<u32> {
        let dimension = if kind.is_shell() { 2 } else { 3 };
        if let Some(&part) = self.part.get(&(dimension, group)) {
            return Ok(part);
        }
        let name = match self.names.get(&(dimension, group)) {
            Some(name) => name.clone(),
            None if dimension == 2 => format!("surface_{group}"),
            None => format!("volume_{group}"),
        };
        let part = part_named(&mut self.cells, &name)?;
        self.part.insert((dimension, group), part);
        Ok(part)
    }

    fn add_cell(&mut self, kind: Kind, part: u32, tags: &[u64]) -> Read<()> {
        let mut corners = [0; 8];
        for (c, tag) in corners.iter_mut().zip(tags) {
            let Some(&number) = self.point.get(tag) else {
                return Err(format!("an element has node {tag}, which is not in the file").into());
            };
            *c = number;
        }
        self.cells.push(kind, &corners[..tags.len()], part);
        Ok(())
    }
}

/// Reads the file.
pub(super) fn parse(bytes: &[u8]) -> Read<Cells> {
    let mut r = Reader { bytes, at: 0, binary: false, big_endian: false };
    let mut content = Content::default();
    if r.word() != "$MeshFormat" {
        return r.fail("a gmsh file begins with `$MeshFormat`");
    }
    let version: f64 = r.parsed("the version")?;
    let (binary, size): (u8, u8) = (r.parsed("0 for text or 1 for binary")?, r.parsed("the size of a number")?);
    let four = if version == 4.1 {
        true
    } else if (2.0..2.3).contains(&version) {
        false
    } else {
        return r.fail(format!("version {version} is not read; save as 2.2 or 4.1 (`Mesh.MshFileVersion = 4.1;`)"));
    };
    if size != 8 || binary > 1 {
        return r.fail("text or binary with numbers of 8 bytes expected");
    }
    if binary == 1 {
        r.line();
        let one: [u8; 4] = r.take()?;
        r.big_endian = match (i32::from_le_bytes(one), i32::from_be_bytes(one)) {
            (1, _) => false,
            (_, 1) => true,
            _ => return r.fail("the mark of the byte order is neither"),
        };
    }
    let binary = binary == 1;
    r.end("MeshFormat")?;
    loop {
        r.binary = false;
        let word = r.word();
        if word.is_empty() {
            return Ok(content.cells);
        }
        let Some(name) = word.strip_prefix('$') else { return r.fail("a section should begin here with `$`") };
        if name == "PhysicalNames" {
            physical_names(&mut r, &mut content)?;
        } else if matches!(name, "Entities" | "Nodes" | "Elements") {
            if four {
                r.line();
                r.binary = binary;
            }
            let read = match (name, four) {
                ("Entities", true) => entities(&mut r, &mut content),
                ("Nodes", true) => nodes(&mut r, &mut content),
                ("Nodes", false) => old_nodes(&mut r, &mut content, binary),
                ("Elements", true) => elements(&mut r, &mut content),
                ("Elements", false) => old_elements(&mut r, &mut content, binary),
                _ => r.fail("entities belong to version 4.1"),
            };
            if let Err(Malformed(None, message)) = read {
                return r.fail(message);
            }
            read?;
        } else {
            let mark = format!("$End{name}");
            while !r.line().starts_with(mark.as_bytes()) {
                if r.at == r.bytes.len() {
                    return r.fail(format!("`{mark}` is missing"));
                }
            }
            continue;
        }
        r.binary = false;
        r.end(name)?;
    }
}

fn physical_names(r: &mut Reader<'_>, c: &mut Content) -> Read<()> {
    let n = r.count(2)?;
    for _ in 0..n {
        let (dimension, tag) = (r.int()?, r.int()?);
        let line = String::from_utf8_lossy(r.line()).into_owned();
        c.names.insert((dimension, tag), line.trim().trim_matches('"').to_owned());
    }
    Ok(())
}

fn entities(r: &mut Reader<'_>, c: &mut Content) -> Read<()> {
    let counts = [r.size()?, r.size()?, r.size()?, r.size()?];
    for (dimension, n) in (0_i64..).zip(counts) {
        for _ in 0..r.checked(n, 8)? {
            let tag = r.int()?;
            for _ in 0..if dimension == 0 { 3 } else { 6 } {
                r.double()?;
            }
            for k in 0..r.count(4)? {
                let group = r.int()?;
                if k == 0 {
                    c.group.insert((dimension, tag), group);
                }
            }
            if dimension > 0 {
                for _ in 0..r.count(4)? {
                    r.int()?;
                }
            }
        }
    }
    Ok(())
}

fn nodes(r: &mut Reader<'_>, c: &mut Content) -> Read<()> {
    let (blocks, all) = (r.size()?, r.size()?);
    r.checked(all, 8)?;
    r.size()?;
    r.size()?;
    for _ in 0..r.checked(blocks, 8)? {
        let (dimension, _, parametric) = (r.int()?, r.int()?, r.int()?);
        let n = r.count(32)?;
        let mut tags = Vec::with_capacity(n);
        for _ in 0..n {
            tags.push(r.size()?);
        }
        for tag in tags {
            let at = r.point()?;
            for _ in 0..if parametric == 0 { 0 } else { dimension.clamp(0, 3) } {
                r.double()?;
            }
            c.add_point(tag, at)?;
        }
    }
    Ok(())
}

fn elements(r: &mut Reader<'_>, c: &mut Content) -> Read<()> {
    let (blocks, all) = (r.size()?, r.size()?);
    r.checked(all, 4)?;
    r.size()?;
    r.size()?;
    for _ in 0..r.checked(blocks, 8)? {
        let (dimension, entity, number) = (r.int()?, r.int()?, r.int()?);
        let (kind, corners) = kind(number)?;
        let n = r.count(8 * (1 + corners))?;
        let group = c.group.get(&(dimension, entity)).copied().unwrap_or(0);
        let part = kind.map(|k| c.part(k, group)).transpose()?;
        let mut tags = [0; 8];
        for _ in 0..n {
            r.size()?;
            for tag in &mut tags[..corners] {
                *tag = r.size()?;
            }
            if let (Some(kind), Some(part)) = (kind, part) {
                c.add_cell(kind, part, &tags[..corners])?;
            }
        }
    }
    Ok(())
}

fn old_nodes(r: &mut Reader<'_>, c: &mut Content, binary: bool) -> Read<()> {
    let n = r.count(28)?;
    r.line();
    r.binary = binary;
    for _ in 0..n {
        let tag = node_tag(r)?;
        let at = r.point()?;
        c.add_point(tag, at)?;
    }
    Ok(())
}

fn node_tag(r: &mut Reader<'_>) -> Read<u64> {
    let tag = r.int()?;
    u64::try_from(tag).or_else(|_| r.fail(format!("{tag} is no number of a node")))
}

fn old_elements(r: &mut Reader<'_>, c: &mut Content, binary: bool) -> Read<()> {
    let all = r.count(8)?;
    r.line();
    r.binary = binary;
    let mut done = 0;
    while done < all {
        // Binary: a head for many elements; text: one line each, where the number stands first.
        let (number, n, tag_count) = if binary {
            (r.int()?, r.int()?, r.int()?)
        } else {
            r.int()?;
            (r.int()?, 1, r.int()?)
        };
        let (kind, corners) = kind(number)?;
        let n = usize::try_from(n).ok().filter(|n| (1..=all - done).contains(n));
        let Some(n) = n else { return r.fail("a block of elements does not fit the count of all") };
        let Some(tag_count) = usize::try_from(tag_count).ok().filter(|t| *t < 1 << 16) else {
            return r.fail("the count of an element's tags makes no sense");
        };
        for _ in 0..n {
            if binary {
                r.int()?;
            }
            let mut group = 0;
            for k in 0..tag_count {
                let tag = r.int()?;
                group = if k == 0 { tag } else { group };
            }
            let mut tags = [0; 8];
            for tag in &mut tags[..corners] {
                *tag = node_tag(r)?;
            }
            if let Some(kind) = kind {
                let part = c.part(kind, group)?;
                c.add_cell(kind, part, &tags[..corners])?;
            }
        }
        done += n;
    }
    Ok(())
}
