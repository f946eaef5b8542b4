//! The table that is printed at the end.

use std::time::Duration;

#[derive(Debug, Default)]
pub struct Report(Vec<(String, String, String)>);

impl Report {
    pub fn line(&mut self, what: &str, value: &str, note: &str) {
        println!("{what}: {value} {note}");
        self.0.push((what.into(), value.into(), note.into()));
    }

    /// Ours against the minimum, as a ratio.
    pub fn ratio(&mut self, what: &str, ours: Duration, minimum: Duration) {
        let ratio = ours.as_secs_f64() / minimum.as_secs_f64();
        self.line(what, &format!("{ratio:.2}x"), &format!("({} against {})", show(ours), show(minimum)));
    }

    pub fn print(&self) {
        println!("\n{:<64} {:>12}", "what", "value");
        for (what, value, note) in &self.0 {
            println!("{what:<64} {value:>12}  {note}");
        }
    }
}

pub fn show(time: Duration) -> String {
    if time.as_millis() >= 100 {
        format!("{:.2} s", time.as_secs_f64())
    } else {
        format!("{:.2} ms", time.as_secs_f64() * 1e3)
    }
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

pub fn percentile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort();
    times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
