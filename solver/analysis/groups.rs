//! Groups between which heat is reported.

use super::bodies::Bodies;
use crate::case::{CaseErrors, suggest};
use crate::model::assembly::Assembly;

/// Names of groups, and the group of each node of the network.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    /// Names.
    pub names: Vec<String>,
    /// By node.
    pub of_node: Vec<usize>,
}

fn fits(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |begin| name.starts_with(begin))
}

impl Groups {
    /// Groups of an assembly whose nodes before the lumped ones lie at the cells `cell_of`. What names a group of a mesh file goes before
    /// what names its whole part; a node, a part or a group of a mesh file that nothing names is a group of its own. Errors: a name that
    /// fits nothing, a member of two groups.
    ///
    /// Truth: `assemblies::groups_of_mesh_files_are_groups`.
    pub fn new(model: &Assembly, bodies: &Bodies, cell_of: &[usize]) -> Result<Self, CaseErrors> {
        let written = &model.lumped.groups;
        let mut names: Vec<String> = written.iter().map(|g| g.0.clone()).collect();
        let (mut errors, mut used) = (vec![], vec![vec![]; written.len()]);
        written.iter().zip(&mut used).for_each(|(g, used)| used.resize(g.1.len(), false));
        // The group of a member that has a name, and perhaps that of a whole it is part of.
        let mut group_of = |name: &str, whole: Option<&str>| {
            for name in [Some(name), whole].into_iter().flatten() {
                let mut found: Option<usize> = None;
                for (g, (group, patterns)) in written.iter().enumerate() {
                    for (k, _) in
                        patterns.iter().enumerate().filter(|(_, p)| p.contains('.') == name.contains('.') && fits(p, name))
                    {
                        used[g][k] = true;
                        if let Some(other) = found.filter(|other| *other != g) {
                            let message = format!("`{name}` is in `{}` already", written[other].0);
                            let help = "what is grouped belongs to one group";
                            errors.push(model.source.error(&format!("groups.{group}"), message, help));
                        }
                        found = Some(g);
                    }
                }
                if let Some(g) = found {
                    return g;
                }
            }
            names.iter().skip(written.len()).position(|n| n == name).map_or_else(
                || {
                    names.push(name.to_owned());
                    names.len() - 1
                },
                |k| written.len() + k,
            )
        };
        let mut members = vec![];
        let mut of_group = |g: &super::bodies::Group| {
            let part = g.part.split('#').next().unwrap_or(&g.part);
            let own = if g.group.is_empty() { part.to_owned() } else { format!("{part}.{}", g.group) };
            let group = group_of(&own, (own != part).then_some(part));
            members.extend([part.to_owned(), own]);
            group
        };
        let of_groups: Vec<usize> = bodies.groups.iter().map(&mut of_group).collect();
        let of_lumped: Vec<usize> = model.lumped.nodes.iter().map(|n| group_of(&n.name, None)).collect();
        members.extend(model.lumped.nodes.iter().map(|n| n.name.clone()));
        for ((group, patterns), used) in written.iter().zip(&used) {
            for (pattern, _) in patterns.iter().zip(used).filter(|(_, used)| !**used) {
                let help = suggest(pattern, members.iter().map(String::as_str));
                errors.push(model.source.error(&format!("groups.{group}"), format!("no node or part fits `{pattern}`"), help));
            }
        }
        if !errors.is_empty() {
            return Err(model.source.errors(errors));
        }
        let of_node = cell_of.iter().map(|&c| of_groups[bodies.cells.part[c] as usize]).chain(of_lumped).collect();
        Ok(Self { names, of_node })
    }
}
