//! `thermsolve import` and `thermsolve export`.

use super::{BAD_CASE, NOT_MET, Stop, show};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};
use thermsolve::case::{self, AnyCase};
use thermsolve::constants::CELSIUS_ZERO_K;
use thermsolve::deck::{self, Deck, Remark, esatan, matrix_market, sinda};
use thermsolve::model::assembly::Assembly;
use thermsolve::report::files::Staged;

#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    /// Deck of SINDA or ESATAN
    deck: PathBuf,
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
    /// Case file of a network
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

/// Lists what is not translated; stops where that changes temperatures, unless `--partial` was given.
fn tell(remarks: &[Remark], place: impl Fn(usize) -> String, partial: bool) -> Result<(), Stop> {
    remarks.iter().for_each(|r| eprintln!("{}", r.render(&place(r.line))));
    let lost = remarks.iter().filter(|r| r.lost).count();
    if lost == 0 || partial {
        return Ok(());
    }
    let help = "see the lines marked `lost`; --partial writes what there is";
    let items = if lost == 1 { "1 item is".into() } else { format!("{lost} items are") };
    Err(Stop(NOT_MET, format!("error: {}: {items} not translated, nothing is written\n  help: {help}", place(0))))
}

pub(super) fn import(args: &ImportArgs) -> Result<(), Stop> {
    let text = deck::Text::read(&args.deck)?;
    let file = args.deck.display().to_string();
    let deck = match args.format {
        Some(DeckFormat::Sinda) => sinda::read(&file, &text.text),
        Some(DeckFormat::Esatan) => esatan::read(&file, &text.text),
        None => deck::read(&file, &text.text),
    }?;
    tell(&deck.remarks, |line| text.place(line), args.partial)?;
    let case = deck.to_case();
    if case.len() as u64 > case::MAX_BYTES {
        let (got, most) = (case.len(), case::MAX_BYTES);
        return Err(Stop(BAD_CASE, format!("error: {file}: as a case it has {got} bytes, at most {most} are read")));
    }
    // What the case is told to be wrong with is wrong with the deck.
    let name = format!("{file}, as a case");
    Assembly::from_case(case::parse(&name, case.clone())?)?;
    match &args.output {
        None => show(&case),
        Some(path) => {
            write(path, case.as_bytes())?;
            let (nodes, conductors) = (deck.nodes.len(), deck.conductors.len());
            show(&format!("{}: {nodes} nodes, {conductors} conductors\n", path.display()));
        }
    }
    Ok(())
}

pub(super) fn export(args: &ExportArgs) -> Result<(), Stop> {
    let AnyCase::Assembly(file) = case::read_any(&args.case)? else {
        let message = format!("error: {} is a satellite to be sized: only cases with [nodes] are decks", args.case.display());
        return Err(Stop(BAD_CASE, message));
    };
    if !(-CELSIUS_ZERO_K..3000.0).contains(&args.at_c) {
        return Err(Stop(BAD_CASE, format!("error: --at-c must be in -273.15..3000, got {}", args.at_c)));
    }
    let model = Assembly::from_case(*file)?;
    let place = |_| args.case.display().to_string();
    let text = match args.format {
        ExportFormat::Sinda => sinda::write,
        ExportFormat::Esatan => esatan::write,
        ExportFormat::MatrixMarket => {
            let (files, remarks) = matrix_market::write(&model, args.at_c + CELSIUS_ZERO_K);
            tell(&remarks, place, args.partial)?;
            let mut staged = Staged::new(&args.out)?;
            files.iter().try_for_each(|(name, text)| staged.bytes(name, text))?;
            staged.commit()?;
            show(&format!("{}: {} files\n", args.out.display(), files.len()));
            return Ok(());
        }
    };
    let mut deck = Deck::of_model(&model);
    let (text, more) = text(&deck);
    deck.remarks.extend(more);
    tell(&deck.remarks, place, args.partial)?;
    write(&args.out, text.as_bytes())?;
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
