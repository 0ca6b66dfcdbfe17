//! `thermsolve import` and `thermsolve export`.

use super::{BAD_CASE, NOT_MET, Screen, Stop, show};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use thermsolve::analysis::joins::touch_nothing;
use thermsolve::analysis::memory::Forgetful;
use thermsolve::analysis::nodes_alone::NodesAlone;
use thermsolve::backend::Cpu;
use thermsolve::case::{self, AnyCase};
use thermsolve::constants::CELSIUS_ZERO_K;
use thermsolve::deck::{self, Deck, Format, Remark, esatan, matrix_market, sinda};
use thermsolve::model::assembly::Assembly;
use thermsolve::report::files::Staged;

#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// Deck of SINDA or ESATAN, or geometry of ESATAN-TMS
    deck: PathBuf,
    /// Geometry: files that follow it, with missions, conditions or more geometry
    #[arg(long, value_name = "FILE")]
    with: Vec<PathBuf>,
    /// Geometry: radiative case whose mission is flown, where there are several
    #[arg(long, value_name = "NAME")]
    mission: Option<String>,
    /// Geometry: analysis case that switches conditions on and off, where there are several
    #[arg(long, value_name = "NAME")]
    analysis: Option<String>,
    /// Case file that is written; without it the case is printed
    #[arg(long, short)]
    output: Option<PathBuf>,
    /// Kind of deck; without it the content says it
    #[arg(long, value_enum)]
    format: Option<DeckFormat>,
    /// Write the case even where something that changes temperatures is not translated
    #[arg(long)]
    partial: bool,
}

#[derive(Args, Debug)]
pub(super) struct ExportArgs {
    /// Case file of nodes and parts
    case: PathBuf,
    /// What is written
    #[arg(long, value_enum)]
    format: ExportFormat,
    /// Deck, or folder of matrices
    #[arg(long)]
    out: PathBuf,
    /// Temperature of properties and of the linear system of matrices, °C
    #[arg(long, default_value_t = 20.0, allow_negative_numbers = true)]
    at_c: f64,
    /// Write even where something that changes temperatures is left out
    #[arg(long)]
    partial: bool,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum DeckFormat {
    /// SINDA/FLUINT, SINDA-85
    Sinda,
    /// ESATAN, ESATAN-TMS
    Esatan,
    /// Geometry of ESATAN-TMS (.erg, with .erk and .ere)
    EsatanGeometry,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ExportFormat {
    /// Deck of SINDA
    Sinda,
    /// Deck of ESATAN
    Esatan,
    /// Matrices as .mtx files
    MatrixMarket,
}

/// Nodes or conductors that are named where the same is said of more.
const NAMED: usize = 3;

/// Lists what is not translated; stops where that changes temperatures, unless `--partial` was given.
fn tell(remarks: &[Remark], place: impl Fn(usize) -> String, partial: bool) -> Result<(), Stop> {
    // Of what is said of many nodes alike the first are named.
    let mut said: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for r in remarks {
        let alike = if r.line == 0 { r.what.split_once(": ").map_or("", |w| w.1) } else { "" };
        let count = said.entry((r.lost, alike)).or_default();
        *count += 1;
        if alike.is_empty() || *count <= NAMED {
            eprintln!("{}", r.render(&place(r.line)));
        }
    }
    for ((lost, alike), count) in said.iter().filter(|((_, alike), count)| !alike.is_empty() && **count > NAMED) {
        let what = format!("{alike}: {} more", count - NAMED);
        eprintln!("{}", Remark { line: 0, what, lost: *lost }.render(&place(0)));
    }
    let lost = remarks.iter().filter(|r| r.lost).count();
    if lost == 0 || partial {
        return Ok(());
    }
    let help = "see the lines marked `lost`; --partial writes what there is";
    let items = if lost == 1 { "1 item is".into() } else { format!("{lost} items are") };
    Err(Stop(NOT_MET, format!("error: {}: {items} not translated, nothing is written\n  help: {help}", place(0))))
}

pub(super) fn import(args: &ImportArgs) -> Result<(), Stop> {
    let mut text = deck::Text::read(&args.deck)?;
    let file = args.deck.display().to_string();
    let found = match args.format {
        Some(DeckFormat::Sinda) => Some(Format::Sinda),
        Some(DeckFormat::Esatan) => Some(Format::Esatan),
        Some(DeckFormat::EsatanGeometry) => Some(Format::EsatanGeometry),
        None => deck::format(&text.text),
    };
    if found == Some(Format::EsatanGeometry) {
        args.with.iter().try_for_each(|path| text.and(path))?;
        return geometry(args, &text, &file);
    }
    if !args.with.is_empty() || args.mission.is_some() || args.analysis.is_some() {
        let message = format!("error: {file} is no geometry: --with, --mission and --analysis go with one");
        return Err(Stop(BAD_CASE, message));
    }
    let deck = match found {
        Some(Format::Sinda) => sinda::read(&file, &text.text),
        Some(Format::Esatan) => esatan::read(&file, &text.text),
        _ => deck::read(&file, &text.text),
    }?;
    tell(&deck.remarks, |line| text.place(line), args.partial)?;
    let case = deck::as_comments(&deck.remarks, |line| text.place(line)) + &deck.to_case();
    checked(&file, &case)?;
    let (nodes, conductors) = (deck.nodes.len(), deck.conductors.len());
    give(args, &case, &format!("{nodes} nodes, {conductors} conductors"))
}

/// Geometry into a case of parts. Contacts are looked for on the meshes that the case will have.
fn geometry(args: &ImportArgs, text: &deck::Text, file: &str) -> Result<(), Stop> {
    let choice = deck::geometry::Choice { mission: args.mission.as_deref(), analysis: args.analysis.as_deref() };
    let mut found = deck::geometry::read(text, &choice)?;
    let place = |line| text.place(line);
    found.settle(&[]);
    if !found.contacts.is_empty() {
        let model = checked(file, &found.to_case(place))?;
        found.settle(&touch_nothing(&model)?);
    }
    tell(&found.remarks, place, args.partial)?;
    let case = found.to_case(place);
    checked(file, &case)?;
    let sizes = [found.parts.len(), found.nodes.len(), found.contacts.len()];
    give(args, &case, &format!("{} parts, {} nodes, {} contacts", sizes[0], sizes[1], sizes[2]))
}

/// The model of a case that was made: what it is told to be wrong with is wrong with the deck.
fn checked(file: &str, case: &str) -> Result<Assembly, Stop> {
    if case.len() as u64 > case::MAX_BYTES {
        let (got, most) = (case.len(), case::MAX_BYTES);
        return Err(Stop(BAD_CASE, format!("error: {file}: as a case it has {got} bytes, at most {most} are read")));
    }
    let name = format!("{file}, as a case");
    Ok(Assembly::from_case(case::parse(&name, case.to_owned())?)?)
}

/// Prints the case, or writes it and says what is in it.
fn give(args: &ImportArgs, case: &str, what: &str) -> Result<(), Stop> {
    match &args.output {
        None => show(case),
        Some(path) => {
            write(path, case.as_bytes())?;
            show(&format!("{}: {what}\n", path.display()));
        }
    }
    Ok(())
}

pub(super) fn export(args: &ExportArgs) -> Result<(), Stop> {
    let AnyCase::Assembly(file) = case::read_any(&args.case)? else {
        let message =
            format!("error: {} is a satellite to be sized: only cases with [parts] or [nodes] are decks", args.case.display());
        return Err(Stop(BAD_CASE, message));
    };
    if !(-CELSIUS_ZERO_K..3000.0).contains(&args.at_c) {
        return Err(Stop(BAD_CASE, format!("error: --at-c must be in -273.15..3000, got {}", args.at_c)));
    }
    let model = Assembly::from_case(*file)?;
    let place = |_| args.case.display().to_string();
    // Parts become nodes; without any there is nothing to compute.
    let (model, mesh) = if model.parts.is_empty() {
        (model, None)
    } else {
        let alone = NodesAlone::new(&Cpu::<f64>::new(), model, &Screen::new(Box::new(Forgetful), true))?;
        let table = alone.table();
        (alone.assembly, Some((table, alone.missed, alone.remarks)))
    };
    let (table, missed, of_parts) = mesh.map_or((None, vec![], vec![]), |(t, m, r)| (Some(t), m, r));
    let text = match args.format {
        ExportFormat::Sinda => sinda::write,
        ExportFormat::Esatan => esatan::write,
        ExportFormat::MatrixMarket => {
            let (mut files, mut remarks) = matrix_market::write(&model, &missed, args.at_c + CELSIUS_ZERO_K);
            remarks.extend(of_parts);
            tell(&remarks, place, args.partial)?;
            files.extend(table.map(|t| ("mesh.csv", t.into_bytes())));
            let mut staged = Staged::new(&args.out)?;
            files.iter().try_for_each(|(name, text)| staged.bytes(name, text))?;
            staged.commit()?;
            show(&format!("{}: {} files\n", args.out.display(), files.len()));
            return Ok(());
        }
    };
    let mut deck = Deck::of_model(&model);
    let (text, more) = text(&deck);
    deck.remarks.extend(of_parts);
    deck.remarks.extend(more);
    if !missed.is_empty() {
        let what = "cells lean: the heat that conductors between them miss has no place in a deck, only in matrices".into();
        deck.remarks.push(Remark { line: 0, what, lost: true });
    }
    tell(&deck.remarks, place, args.partial)?;
    write(&args.out, text.as_bytes())?;
    if let Some(table) = table {
        let mut name = args.out.file_name().unwrap_or_default().to_owned();
        name.push(".mesh.csv");
        write(&args.out.with_file_name(name), table.as_bytes())?;
    }
    show(&format!("{}: {} nodes, {} conductors\n", args.out.display(), deck.nodes.len(), deck.conductors.len()));
    Ok(())
}

/// Writes to a temporary name first, so that no half file stays.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    std::fs::write(&part, bytes)?;
    std::fs::rename(&part, path)
}
