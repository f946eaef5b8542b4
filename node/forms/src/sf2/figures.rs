//! The numbers of School Form 2, exact: half days are counted as halves and nothing is rounded before it is shown.
//!
//! A day's total counts who was in the section on that day and was there. Days on which attendance was not taken count for
//! nothing: they are neither all present nor all absent, and the averages leave them out.

use serde::{Deserialize, Serialize};

use super::{Came, Code, Learner, LeftWhy, Session, Sf2};
use crate::school::Sex;

/// Class days in a row without a learner that the form asks to report.
const CONSECUTIVE_DAYS: u16 = 5;

/// Male, female and both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split<T> {
    pub male: T,
    pub female: T,
    pub total: T,
}

/// A quotient that is not rounded until it is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ratio {
    pub above: u64,
    pub below: u64,
}

/// A learner's line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearnerTotal {
    /// Half days absent.
    pub absent_halves: u32,
    /// Days late or cutting classes.
    pub tardy: u32,
}

/// A class day's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTotal {
    pub date: i32,
    pub taken: bool,
    /// Half days present.
    pub present_halves: Split<u32>,
    /// Learners in the section on that day.
    pub enrolled: Split<u32>,
}

/// All numbers of the form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    pub days: Vec<DayTotal>,
    /// In the order of [`Sf2::listed`], males.
    pub males: Vec<LearnerTotal>,
    pub females: Vec<LearnerTotal>,
    pub absent_halves: Split<u32>,
    pub tardy: Split<u32>,
    pub enrolled_on_cutoff: Split<u32>,
    pub late_enrolment: Split<u32>,
    pub registered: Split<u32>,
    /// Per cent.
    pub enrolment_rate: Split<Ratio>,
    pub average_daily: Split<Ratio>,
    /// Per cent.
    pub attendance_rate: Split<Ratio>,
    pub absent_five_days: Split<u32>,
    pub dropped: Split<u32>,
    pub transferred_out: Split<u32>,
    pub transferred_in: Split<u32>,
}

/// What one learner was on one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct DayState {
    /// 0, 1 or 2 half days.
    pub absent_halves: u32,
    pub late: bool,
    pub cutting: bool,
    /// Which half, when it is one: `true` for the morning.
    pub morning: bool,
}

impl Ratio {
    /// Hundredths, half up; `None` when there is nothing to divide by.
    pub fn hundredths(self) -> Option<u64> {
        (self.below > 0).then(|| (self.above * 200 + self.below) / (self.below * 2))
    }

    /// With two decimals; empty when there is nothing to divide by.
    pub fn text(self) -> String {
        self.hundredths().map(|h| format!("{}.{:02}", h / 100, h % 100)).unwrap_or_default()
    }
}

impl<T> Split<T> {
    pub(super) fn map<U>(self, mut each: impl FnMut(T) -> U) -> Split<U> {
        Split { male: each(self.male), female: each(self.female), total: each(self.total) }
    }

    fn with<U, V>(self, other: Split<U>, mut each: impl FnMut(T, U) -> V) -> Split<V> {
        let (male, female) = (each(self.male, other.male), each(self.female, other.female));
        Split { male, female, total: each(self.total, other.total) }
    }
}

impl Split<u32> {
    pub(crate) fn add(&mut self, sex: Sex, count: u32) {
        match sex {
            Sex::M => self.male += count,
            Sex::F => self.female += count,
        }
        self.total += count;
    }
}

/// The state of a learner on a day, after the policy.
pub(super) fn state(form: &Sf2, learner: &Learner, date: i32) -> DayState {
    let (mut am, mut pm) = (false, false);
    let mut state = DayState::default();
    for mark in learner.marks.iter().filter(|mark| mark.date == date) {
        match mark.code {
            Code::Late => state.late = true,
            Code::Cutting => state.cutting = true,
            Code::Absent | Code::Excused => {
                am |= mark.session != Session::Pm;
                pm |= mark.session != Session::Am;
            }
        }
    }
    state.morning = am && !pm;
    state.absent_halves = u32::from(am) + u32::from(pm);
    if state.absent_halves == 1 && !form.policy.half_day_am_pm {
        state.absent_halves = 0;
        state.late |= am;
        state.cutting |= pm;
    }
    if state.absent_halves == 2 {
        (state.late, state.cutting) = (false, false);
    } else if (state.late || state.cutting) && !form.policy.tardy_counts_present {
        state.absent_halves = 2;
    }
    state
}

/// Every number of the form.
pub fn figures(form: &Sf2) -> Figures {
    let class_days = form.class_days();
    let taken: Vec<i32> = class_days.iter().copied().filter(|date| form.taken.contains(date)).collect();
    let mut figures =
        Figures { days: class_days.iter().map(|date| day_total(form, *date)).collect(), ..Figures::default() };
    for sex in [Sex::M, Sex::F] {
        for learner in form.listed(sex) {
            let total = learner_total(form, learner, &taken);
            figures.absent_halves.add(sex, total.absent_halves);
            figures.tardy.add(sex, total.tardy);
            figures.absent_five_days.add(sex, u32::from(absent_in_a_row(form, learner, &taken) >= CONSECUTIVE_DAYS));
            let totals = if sex == Sex::M { &mut figures.males } else { &mut figures.females };
            totals.push(total);
        }
    }
    count_movements(form, &mut figures);
    let halves =
        figures.days.iter().fold(Split::<u32>::default(), |sum, day| sum.with(day.present_halves, |a, b| a + b));
    let days = u64::try_from(taken.len()).unwrap_or(u64::MAX);
    let registered = figures.registered;
    figures.average_daily = halves.map(|halves| Ratio { above: u64::from(halves), below: 2 * days });
    figures.attendance_rate = halves
        .with(registered, |halves, all| Ratio { above: 100 * u64::from(halves), below: 2 * days * u64::from(all) });
    figures.enrolment_rate = registered
        .with(figures.enrolled_on_cutoff, |all, first| Ratio { above: 100 * u64::from(all), below: u64::from(first) });
    figures
}

fn day_total(form: &Sf2, date: i32) -> DayTotal {
    let taken = form.taken.contains(&date);
    let mut day = DayTotal { date, taken, present_halves: Split::default(), enrolled: Split::default() };
    for learner in form.learners.iter().filter(|learner| learner.in_section(date)) {
        let Some(sex) = learner.sex else { continue };
        day.enrolled.add(sex, 1);
        if taken {
            day.present_halves.add(sex, 2 - state(form, learner, date).absent_halves);
        }
    }
    day
}

fn learner_total(form: &Sf2, learner: &Learner, taken: &[i32]) -> LearnerTotal {
    let mut total = LearnerTotal::default();
    for date in taken.iter().filter(|date| learner.in_section(**date)) {
        let state = state(form, learner, *date);
        total.absent_halves += state.absent_halves;
        total.tardy += u32::from(state.late || state.cutting);
    }
    total
}

/// The longest run of whole days absent that has a day in this month.
fn absent_in_a_row(form: &Sf2, learner: &Learner, taken: &[i32]) -> u16 {
    let (mut run, mut longest) = (learner.absent_before, 0);
    for date in taken.iter().filter(|date| learner.in_section(**date)) {
        let all_day = state(form, learner, *date).absent_halves == 2;
        run = if all_day { run.saturating_add(1) } else { 0 };
        longest = longest.max(run);
    }
    longest
}

fn count_movements(form: &Sf2, figures: &mut Figures) {
    let (from, to) = form.span();
    for learner in &form.learners {
        let Some(sex) = learner.sex else { continue };
        figures.enrolled_on_cutoff.add(sex, u32::from(learner.in_section_on_cutoff));
        figures.registered.add(sex, u32::from(learner.in_section(to)));
        for stay in &learner.stays {
            if (from..=to).contains(&stay.from) {
                match stay.came {
                    // A transferee is told as such, not again as a late enrolment.
                    Came::TransferredIn { .. } => figures.transferred_in.add(sex, 1),
                    Came::Late => figures.late_enrolment.add(sex, 1),
                    Came::Enrolled | Came::Moved { .. } | Came::Returned => {}
                }
            }
            match stay.left.as_ref().filter(|left| (from..=to).contains(&left.on)).map(|left| &left.why) {
                Some(LeftWhy::Dropped { .. }) => figures.dropped.add(sex, 1),
                Some(LeftWhy::TransferredOut { .. }) => figures.transferred_out.add(sex, 1),
                Some(LeftWhy::Moved { .. }) | None => {}
            }
        }
    }
}

/// `17` or `17.5`.
pub(super) fn halves(count: u32) -> String {
    if count.is_multiple_of(2) { (count / 2).to_string() } else { format!("{}.5", count / 2) }
}
