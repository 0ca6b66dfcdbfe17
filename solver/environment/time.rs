//! Instants in terrestrial time, from calendars and time scales.

/// A date outside what the ephemeris and leap-second table cover, or no date at all.
#[derive(Debug, Clone, thiserror::Error, PartialEq)]
pub enum DateError {
    /// Out of range, or not in the calendar.
    #[error("no Sun position for {year}-{month:02}-{day:02}: the date must lie in 1960..=2099")]
    OutOfRange {
        /// Year.
        year: i32,
        /// Month.
        month: i32,
        /// Day.
        day: i32,
    },
    /// A span that leads out of the ephemeris.
    #[error("the flight leads past 2099, where the ephemeris of the Sun ends")]
    TooLate,
    /// Text that is no date.
    #[error("`{text}` is no date; write 2027-01-03T12:00:00 or 2027-003T12:00:00")]
    NotADate {
        /// The text.
        text: String,
    },
}

/// A scale in which a calendar date may be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Coordinated universal time.
    Utc,
    /// International atomic time.
    Tai,
    /// Terrestrial time; barycentric dynamical time differs by less than 2 ms and counts as this.
    Tt,
    /// GPS time, TAI − 19 s.
    Gps,
}

/// Year, month, day.
pub type Date = (i32, i32, i32);

/// An instant: Julian date in terrestrial time, in two parts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    day: f64,
    fraction: f64,
}

impl Epoch {
    /// A date and seconds of its day. UTC to TT by the leap-second table of SOFA.
    ///
    /// Truth: `environment::sun_and_beta` (F01), `orbits::time_scales_and_leap_seconds`.
    pub fn new((year, month, day): Date, seconds: f64, scale: Scale) -> Result<Self, DateError> {
        let error = || DateError::OutOfRange { year, month, day };
        if !(1960..=2099).contains(&year) || !(0.0..86_401.0).contains(&seconds) {
            return Err(error());
        }
        let (zero, days) = sofars::cal::cal2jd(year, month, day).map_err(|_| error())?;
        let to_tt = match scale {
            Scale::Utc => sofars::ts::dat(year, month, day, (seconds / 86_400.0).min(1.0)).map_err(|_| error())? + 32.184,
            Scale::Tai => 32.184,
            Scale::Tt => 0.0,
            Scale::Gps => 19.0 + 32.184,
        };
        Ok(Self { day: zero + days, fraction: (seconds + to_tt) / 86_400.0 })
    }

    /// From text: `2027-01-03T12:00:00.5`, `2027-003T12:00:00`, with or without a trailing Z.
    pub fn parse(text: &str, scale: Scale) -> Result<Self, DateError> {
        let error = || DateError::NotADate { text: text.to_owned() };
        let (date, time) = text.trim().trim_end_matches('Z').split_once('T').ok_or_else(error)?;
        let whole = |part: Option<&str>| part.and_then(|p| p.parse::<i32>().ok()).ok_or_else(error);
        let (mut dates, mut times) = (date.split('-'), time.splitn(3, ':'));
        let (year, second) = (whole(dates.next())?, dates.next());
        let (month, day) = match (second, dates.next()) {
            (Some(of_year), None) if of_year.len() == 3 => of_year_day(year, whole(second)?).ok_or_else(error)?,
            (_, day) => (whole(second)?, whole(day)?),
        };
        let (hour, minute) = (whole(times.next())?, whole(times.next())?);
        let seconds: f64 = times.next().map_or(Ok(0.0), str::parse).map_err(|_| error())?;
        if dates.next().is_some() || !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0.0..61.0).contains(&seconds) {
            return Err(error());
        }
        Self::new((year, month, day), f64::from(60 * (60 * hour + minute)) + seconds, scale)
    }

    /// Julian date in TT, in two parts as SOFA takes it.
    pub fn tt(self) -> (f64, f64) {
        (self.day, self.fraction)
    }

    /// Julian centuries of TT since J2000.0.
    pub fn centuries(self) -> f64 {
        ((self.day - 2_451_545.0) + self.fraction) / 36_525.0
    }

    /// Seconds from `earlier` to here.
    pub fn seconds_after(self, earlier: Self) -> f64 {
        ((self.day - earlier.day) + (self.fraction - earlier.fraction)) * 86_400.0
    }

    /// So many seconds later.
    #[must_use]
    pub fn plus_s(self, seconds: f64) -> Self {
        Self { day: self.day, fraction: self.fraction + seconds / 86_400.0 }
    }
}

/// Month and day of a day of the year.
fn of_year_day(year: i32, of_year: i32) -> Option<(i32, i32)> {
    let (zero, days) = sofars::cal::cal2jd(year, 1, 1).ok()?;
    let (found, month, day, _) = sofars::cal::jd2cal(zero, days + f64::from(of_year - 1)).ok()?;
    (found == year && of_year >= 1).then_some((month, day))
}
