//! A school that does the most that each limit allows, beside one that only does its work.
//!
//! What must hold: the quiet school is never refused; what it waits for beside the greedy one is at most twice what it waits for
//! alone; and the hub's memory does not grow with what the greedy one sends. Alone and beside take turns within seconds, so that
//! a loaded machine is loaded for both, and medians over rounds are compared, not single waits.

mod acts;
mod quiet;
mod town;

use super::Stay;
use acts::Act;
use quiet::{Quiet, Waits};
use std::collections::BTreeMap;
use std::time::Duration;
use town::Town;

/// Rounds before the waits beside an act are judged: the median of fewer is chance.
const JUDGED_FROM: usize = 6;
/// What nobody calls waiting: below it a ratio says more about the machine than about the hub.
const NOBODY_WAITS: Duration = Duration::from_millis(60);
const MOST: f64 = 2.0;
/// Growth of the hub's memory from the first half of a visit to the second that is no leak: allocators keep what they had, and
/// which acts fall together is chance.
const GROWTH_KIB: u64 = 48 << 10;
/// Rounds before the memory is judged: in the first half every act has been at its bound a few times then.
const REMEMBERED_FROM: usize = 12 * Act::ALL.len();

/// The rounds of one act.
#[derive(Debug, Default)]
struct Rounds {
    alone: Vec<Waits>,
    beside: Vec<Waits>,
    /// The hub's memory after each round, in KiB.
    memory: Vec<u64>,
}

pub(super) fn visit(stay: &mut Stay) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let town = Town::open().await?;
        let mut quiet = Quiet::new(&town);
        let mut rounds: BTreeMap<Act, Rounds> = BTreeMap::new();
        let mut memory = Vec::new();
        while stay.goes_on() {
            let Some(act) = stay.rng.pick(Act::ALL).copied() else { break };
            stay.tries();
            let rounds = rounds.entry(act).or_default();
            round(stay, &town, &mut quiet, act, rounds).await?;
            memory.extend(rounds.memory.last());
        }
        for (act, rounds) in &rounds {
            tell(*act, rounds);
            judge(stay, *act, rounds);
        }
        if let Some((early, late)) = grown(&memory) {
            stay.found(format!(
                "the hub's memory grew: at most {early} KiB in the first half, {late} KiB in the second"
            ));
        }
        town.close().await
    })
}

async fn round(
    stay: &mut Stay,
    town: &Town,
    quiet: &mut Quiet<'_>,
    act: Act,
    rounds: &mut Rounds,
) -> anyhow::Result<()> {
    let company = act.company(town);
    rounds.alone.push(quiet.work(stay, "alone").await?);
    let greedy = act.begin(town, stay.rng.draw()).await?;
    rounds.beside.push(quiet.work(stay, act.name()).await?);
    greedy.end().await;
    company.end().await;
    rounds.memory.push(town.memory());
    Ok(())
}

/// The highest of each half, in KiB, where the second is so much higher that something is kept for ever: what is bounded has been at
/// its bound in the first half, whichever act came before which.
fn grown(memory: &[u64]) -> Option<(u64, u64)> {
    let (early, late) = memory.split_at(memory.len() / 2);
    let (early, late) = (early.iter().copied().max()?, late.iter().copied().max()?);
    (memory.len() >= REMEMBERED_FROM && late > early + GROWTH_KIB).then_some((early, late))
}

fn median(waits: &[Waits], of: impl Fn(&Waits) -> Duration) -> Duration {
    let mut values: Vec<_> = waits.iter().map(of).collect();
    values.sort();
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn ratio(rounds: &Rounds, of: impl Fn(&Waits) -> Duration) -> (Duration, Duration, f64) {
    let (alone, beside) = (median(&rounds.alone, &of), median(&rounds.beside, &of));
    (alone, beside, beside.as_secs_f64() / alone.as_secs_f64().max(1e-6))
}

fn tell(act: Act, rounds: &Rounds) {
    let shown = |of: fn(&Waits) -> Duration| {
        let (alone, beside, ratio) = ratio(rounds, of);
        format!("{:.1} ms alone, {:.1} ms beside ({ratio:.2})", alone.as_secs_f64() * 1e3, beside.as_secs_f64() * 1e3)
    };
    println!(
        "  beside {:<10} {:>3} rounds, p50 {}, p99 {}, hub {} MiB",
        act.name(),
        rounds.beside.len(),
        shown(|waits| waits.p50),
        shown(|waits| waits.p99),
        rounds.memory.iter().max().map_or(0, |kib| kib >> 10)
    );
}

fn judge(stay: &mut Stay, act: Act, rounds: &Rounds) {
    if rounds.beside.len() < JUDGED_FROM {
        return;
    }
    for (name, of) in
        [("p50", (|waits: &Waits| waits.p50) as fn(&Waits) -> Duration), ("p99", |waits: &Waits| waits.p99)]
    {
        let (alone, beside, ratio) = ratio(rounds, of);
        if ratio > MOST && beside > NOBODY_WAITS {
            stay.found(format!(
                "{}: the quiet school's {name} is {ratio:.1} times what it is alone ({beside:?} against {alone:?})",
                act.name()
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_only_goes_up_and_down_is_no_leak_and_one_that_goes_up_is() {
        let between: Vec<u64> = (0..200).map(|n| if n % 7 == 0 { 170 << 10 } else { (60 + n % 40) << 10 }).collect();
        assert_eq!(grown(&between), None);
        let leak: Vec<u64> = (0..200).map(|n| (60 + n) << 10).collect();
        assert!(grown(&leak).is_some());
        assert_eq!(grown(&leak[..20]), None, "too few to tell");
        assert_eq!(grown(&[]), None);
    }
}
