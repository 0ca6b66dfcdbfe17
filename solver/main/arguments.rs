//! The options of the command line.

use super::deck::{ExportArgs, ImportArgs};
use super::map::MapArgs;
use super::study::{MergeArgs, StudyArgs};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Sizes and proves the heat rejection of spacecraft that carry AI hardware.
#[derive(Parser, Debug)]
#[command(version, args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: RunArgs,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Check a case file without running it
    Check {
        /// Case file
        case: PathBuf,
    },
    /// Print every key of a case file with description, unit and range
    Schema {
        /// Of an assembly: a case with [parts] or [nodes]
        #[arg(long)]
        assembly: bool,
        /// As a JSON schema, for editors
        #[arg(long)]
        json: bool,
    },
    /// List GPU adapters with their limits
    Devices {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the properties of a catalogue coolant at a temperature in kelvin
    Fluid {
        /// Name in the catalogue
        name: String,
        /// Temperature, K
        temperature_k: f64,
    },
    /// Put the numbers of two runs beside each other
    Compare(CompareArgs),
    /// Run the reference cases and print the verification table
    Verify(VerifyArgs),
    /// Size many designs of a case, as its [study] says
    Study(StudyArgs),
    /// Evaluate a million radiators within the bounds of a case
    Map(MapArgs),
    /// Join the shards of a study
    Merge(MergeArgs),
    /// Make a case of a deck of SINDA or ESATAN, or of geometry of ESATAN-TMS
    Import(ImportArgs),
    /// Write a network as a deck of SINDA or ESATAN, or as matrices
    Export(ExportArgs),
}

#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// Cases or families by the beginning of their names, separated by commas: A, B03, C04-p1
    #[arg(long, default_value = "")]
    pub(super) filter: String,
    /// The first and the last case of each kind only: a check of some forty CPU seconds
    #[arg(long)]
    pub(super) fast: bool,
    /// Where the hot loops run
    #[arg(long, value_enum, default_value_t = Choice::Cpu)]
    pub(super) backend: Choice,
    /// Print JSON instead of the table
    #[arg(long)]
    pub(super) json: bool,
    /// Write the manual to this Markdown file, and as HTML beside it
    #[arg(long)]
    pub(super) document: Option<PathBuf>,
    /// With --document: compare with the files that are there instead of writing them
    #[arg(long, requires = "document")]
    pub(super) check: bool,
    /// CPU threads
    #[arg(long)]
    pub(super) threads: Option<usize>,
}

#[derive(Args, Debug)]
pub(super) struct RunArgs {
    /// Case file (TOML)
    pub(super) case: Option<PathBuf>,
    /// Where the hot loops run
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    pub(super) backend: Choice,
    /// Folder for results; a folder named after the case is made in it
    #[arg(long, default_value = "out")]
    pub(super) out: PathBuf,
    /// CPU threads
    #[arg(long)]
    pub(super) threads: Option<usize>,
    /// Seed of the rays, instead of the case's
    #[arg(long)]
    pub(super) seed: Option<u32>,
    /// Print the time of each kernel: time stamps of the GPU where it has them, wall time on the CPU
    #[arg(long)]
    pub(super) profile: bool,
    /// Forget what earlier runs left: view factors, heating, and where a run that was cut off stood
    #[arg(long)]
    pub(super) fresh: bool,
    /// Print summary.json instead of the table
    #[arg(long)]
    pub(super) json: bool,
    /// Print errors only
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl RunArgs {
    /// A run that says nothing.
    pub(super) fn silent(out: PathBuf, threads: Option<usize>) -> Self {
        let (case, seed, backend) = (None, None, Choice::Auto);
        Self { case, backend, out, threads, seed, profile: false, fresh: false, json: false, quiet: true }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// GPU where a real one answers, else CPU
    Auto,
    /// GPU, of any kind
    Gpu,
    /// CPU in f64
    Cpu,
}

#[derive(Args, Debug)]
pub(super) struct CompareArgs {
    /// Folder of results, or its summary.json
    pub(super) first: PathBuf,
    /// The same of another run
    pub(super) second: PathBuf,
    /// Write compare.csv and compare.svg into this folder
    #[arg(long)]
    pub(super) out: Option<PathBuf>,
    /// Numbers that are shown at most, of temperatures and of others
    #[arg(long, default_value_t = 15)]
    pub(super) most: usize,
    /// Exit with code 3 if a temperature differs by more, K
    #[arg(long)]
    pub(super) within_k: Option<f64>,
    /// Exit with code 3 if another number differs by more, as a fraction
    #[arg(long)]
    pub(super) within: Option<f64>,
}
