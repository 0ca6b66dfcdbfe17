//! The residual of the heat balance, accurate to microkelvins, in one of three forms.

use super::Rows;
use crate::backend::{Backend, DeviceError, Real, light_map};
use crate::kernels::common::{split, whole_kelvin};
use crate::kernels::{heat_residual, heat_residual_f64};

/// How the residual is evaluated. In f32 as `A·T − b` it would be 14 K wrong on a 1 mm aluminium panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResidualForm {
    /// f64 in the device's shaders, where it has them.
    DeviceF64,
    /// Temperatures as integers of 2⁻¹⁶ K and an f32 remainder, heat from their differences: on every device.
    FixedPoint,
    /// f64 on the host.
    #[default]
    HostF64,
}

/// Arrays of the f64 kernel.
#[derive(Debug)]
struct Double<B: Backend> {
    row_start: B::Array<u32>,
    column: B::Array<u32>,
    gl: B::Array<f64>,
    emission: B::Array<f64>,
    temperature: B::Array<f64>,
    source: B::Array<f64>,
    residual: B::Array<f64>,
}

impl<B: Backend> Double<B> {
    fn new(backend: &B, rows: &Rows, emission: &[f64], boundary: usize) -> Result<Self, DeviceError> {
        let n = emission.len();
        Ok(Self {
            row_start: backend.upload(&rows.row_start)?,
            column: backend.upload(&rows.column)?,
            gl: backend.upload(&rows.gl_w_per_k)?,
            emission: backend.upload(emission)?,
            temperature: backend.upload(&vec![0.0; n + boundary])?,
            source: backend.upload(&vec![0.0; n])?,
            residual: backend.upload(&vec![0.0; n])?,
        })
    }

    fn residual_w(&mut self, backend: &B, temperature_k: &[f64], source_w: &[f64]) -> Result<Vec<f64>, DeviceError> {
        backend.write(&mut self.temperature, temperature_k);
        backend.write(&mut self.source, source_w);
        let node_count = u32::try_from(source_w.len()).expect("a network has fewer than 2^32 nodes");
        let inputs = heat_residual_f64::Inputs {
            row_start: &self.row_start,
            column: &self.column,
            gl_w_per_k: &self.gl,
            temperature_k: &self.temperature,
            source_w: &self.source,
            emission_w_per_k4: &self.emission,
        };
        let params = heat_residual_f64::HeatResidualF64Params { node_count };
        backend.launch::<heat_residual_f64::Kernel>(&params, inputs, &mut self.residual, source_w.len());
        backend.download(&self.residual)
    }
}

/// Arrays of the fixed-point kernel.
#[derive(Debug)]
struct Fixed<B: Backend> {
    row_start: B::Array<u32>,
    column: B::Array<u32>,
    gl: B::Array<B::Real>,
    emission: B::Array<B::Real>,
    coarse: B::Array<i32>,
    fine: B::Array<B::Real>,
    excess: B::Array<B::Real>,
    residual: B::Array<B::Real>,
}

impl<B: Backend> Fixed<B> {
    fn new(backend: &B, rows: &Rows, emission: &[f64], boundary: usize) -> Result<Self, DeviceError> {
        let n = emission.len();
        let zeros = |n: usize| backend.upload_reals(&vec![0.0; n]);
        Ok(Self {
            row_start: backend.upload(&rows.row_start)?,
            column: backend.upload(&rows.column)?,
            gl: backend.upload_reals(&rows.gl_w_per_k)?,
            emission: backend.upload_reals(emission)?,
            coarse: backend.upload(&vec![0_i32; n + boundary])?,
            fine: zeros(n + boundary)?,
            excess: zeros(n)?,
            residual: zeros(n)?,
        })
    }

    fn residual_w(
        &mut self,
        backend: &B,
        temperature_k: &[f64],
        source_w: &[f64],
        emission_w_per_k4: &[f64],
    ) -> Result<Vec<f64>, DeviceError> {
        let (coarse, fine): (Vec<i32>, Vec<f64>) = temperature_k.iter().map(|&t| split(t)).unzip();
        // Q − σ E K⁴ in f64, K the whole kelvin nearest to T.
        let excess =
            light_map(source_w.len(), |i| source_w[i] - emission_w_per_k4[i] * f64::from(whole_kelvin(coarse[i])).powi(4));
        backend.write(&mut self.coarse, &coarse);
        backend.write_reals(&mut self.fine, &fine);
        backend.write_reals(&mut self.excess, &excess);
        let node_count = u32::try_from(source_w.len()).expect("a network has fewer than 2^32 nodes");
        let inputs = heat_residual::Inputs {
            row_start: &self.row_start,
            column: &self.column,
            gl_w_per_k: &self.gl,
            coarse: &self.coarse,
            fine: &self.fine,
            excess_w: &self.excess,
            emission_w_per_k4: &self.emission,
        };
        let params = heat_residual::HeatResidualParams { node_count };
        backend.launch::<heat_residual::Kernel>(&params, inputs, &mut self.residual, source_w.len());
        Ok(backend.download(&self.residual)?.iter().map(|r| r.get()).collect())
    }
}

/// The residual of a network's heat balance on a backend.
#[derive(Debug)]
pub struct Balance<'a, B: Backend> {
    form: Form<'a, B>,
    rows: &'a Rows,
    emission_w_per_k4: Vec<f64>,
}

#[derive(Debug)]
enum Form<'a, B: Backend> {
    Host,
    Device(&'a B, Double<B>),
    Fixed(&'a B::Inner, Fixed<B::Inner>),
}

impl<'a, B: Backend> Balance<'a, B> {
    /// Uploads the rows and `σ Σ ε A` of each node; `boundary` nodes follow the nodes. `None` takes f64 where
    /// the backend has it, else fixed point. Errors: an array does not fit, or the device has no f64 and it was asked for.
    pub fn new(
        backend: &'a B,
        form: Option<ResidualForm>,
        rows: &'a Rows,
        emission_w_per_k4: Vec<f64>,
        boundary: usize,
    ) -> Result<Self, DeviceError> {
        let emission = &emission_w_per_k4;
        let best = match (backend.is_host(), backend.has_f64()) {
            (true, _) => ResidualForm::HostF64,
            (_, true) => ResidualForm::DeviceF64,
            _ => ResidualForm::FixedPoint,
        };
        let form = match form.unwrap_or(best) {
            ResidualForm::DeviceF64 if !backend.has_f64() => {
                return Err(DeviceError::Missing { what: "f64 in shaders", adapter: backend.describe() });
            }
            ResidualForm::DeviceF64 => Form::Device(backend, Double::new(backend, rows, emission, boundary)?),
            ResidualForm::HostF64 => Form::Host,
            ResidualForm::FixedPoint => Form::Fixed(backend.inner(), Fixed::new(backend.inner(), rows, emission, boundary)?),
        };
        Ok(Self { form, rows, emission_w_per_k4 })
    }

    /// The form in use.
    pub fn form(&self) -> ResidualForm {
        match self.form {
            Form::Host => ResidualForm::HostF64,
            Form::Device(..) => ResidualForm::DeviceF64,
            Form::Fixed(..) => ResidualForm::FixedPoint,
        }
    }

    /// Net heat into each node, W, from its sources.
    pub fn residual_w(&mut self, temperature_k: &[f64], source_w: Vec<f64>) -> Result<Vec<f64>, DeviceError> {
        match &mut self.form {
            Form::Host => Ok(self.host_w(temperature_k, source_w)),
            Form::Device(backend, double) => double.residual_w(*backend, temperature_k, &source_w),
            Form::Fixed(backend, fixed) => fixed.residual_w(*backend, temperature_k, &source_w, &self.emission_w_per_k4),
        }
    }

    /// The same in f64 on the host, whatever the form.
    pub fn host_w(&self, temperature_k: &[f64], mut source_w: Vec<f64>) -> Vec<f64> {
        self.rows.net_heat_w(temperature_k, &mut source_w, &self.emission_w_per_k4);
        source_w
    }

    /// `σ Σ ε A` of each node, W/K⁴.
    pub fn emission_w_per_k4(&self) -> &[f64] {
        &self.emission_w_per_k4
    }
}
