//! The sync machine of a replica: events in, actions out. It decides *what* happens next; the store, the network and the
//! clock are the driver's. The same machine runs in the app, in the headless command and in the simulation.
//!
//! Invariants:
//! - one exchange at a time, and frames of an exchange that was given up are ignored (they carry its number);
//! - answers are stored before anything else of an exchange is looked at, and nothing is applied before its `end`;
//! - whatever fails, the next exchange starts from what the store holds, never from what the machine remembers.

use crate::frame::{Frame, Rows};
use crate::wire::{ChangeResult, End, ErrorBody, MAX_WAIT_MS};
use crate::{Code, Problem};

/// How long the machine stays with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Until nothing is left to send or fetch.
    Once,
    /// For as long as the app runs, with the hub's wake-up.
    Watch,
}

/// What happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The app started, or somebody asked for a sync.
    Start,
    /// Something was saved. Ends a wait and a held request.
    Saved,
    /// The pause that the machine asked for is over.
    PauseOver,
    /// There is a valid access token now.
    Authenticated,
    /// The request is on its way.
    Sent,
    /// A frame of exchange `.0` came in.
    Frame(u64, Frame),
    /// Exchange `.0` broke: no network, cut stream, damaged frame.
    Broken(u64, String),
    /// The hub refused exchange `.0` (or, for number 0, the authentication).
    Refused(u64, ErrorBody),
    /// What the machine asked to store is on disk. `pending`: changes that wait to be sent.
    Stored {
        /// Whether there are.
        pending: bool,
    },
    /// The store could not do it (disk full, file locked).
    StoreFailed(Problem),
}

/// What the driver is to do now. Each event is answered by one action.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Nothing: more frames are on their way.
    Listen,
    /// Get an access token, then say `Authenticated`.
    Authenticate,
    /// Build a request from what the store holds and send it; feed the frames back under this number. Gives up any other.
    Exchange {
        /// The exchange's number, from 1.
        number: u64,
        /// How long the hub may hold the request, in milliseconds.
        wait_ms: u32,
        /// Whether the entity shapes go along, for a hub that does not remember them.
        with_shapes: bool,
    },
    /// One durable step: store the hub's answers and park what it refused. Then `Stored`.
    KeepResults(Vec<ChangeResult>),
    /// One durable step: stage the frame and move the staging cursor. Then `Stored`.
    Stage(Rows),
    /// Remember that everything up to `end.rev` is staged; it is applied with the end of a later exchange. Then `Stored`.
    Hold(End),
    /// One durable step: apply everything staged and move the cursors. Then `Stored`.
    Apply(End),
    /// Wait this long (the driver adds jitter), or until something is saved.
    Pause {
        /// Milliseconds.
        ms: u64,
    },
    /// The replica is level with the hub (`Once` only).
    Done,
    /// It makes no sense to go on without a person.
    Halt(ErrorBody),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Authenticating,
    /// Waiting for frames; `held` while the hub may be holding the request.
    Exchanging {
        held: bool,
    },
    Keeping,
    Staging,
    Applying {
        more: bool,
    },
    Paused,
    Over,
}

/// First and longest pause after a failure, in milliseconds: a hub that comes back is found soon, one that is gone costs nothing.
const FIRST_PAUSE_MS: u64 = 500;
const LONGEST_PAUSE_MS: u64 = 60_000;
/// Exchanges in a row whose rows are only staged: bounds what the last one has to apply.
const MOST_HELD: u32 = 20;
/// Failures after which a one-off sync gives up and says why.
const ONCE_ATTEMPTS: u32 = 4;

/// The sync machine of one replica. It is small, can be cloned, and holds nothing that must survive the program.
#[derive(Debug, Clone)]
pub struct Engine {
    mode: Mode,
    wait_ms: u32,
    state: State,
    exchange: u64,
    failures: u32,
    authentications: u32,
    with_shapes: bool,
    held_ends: u32,
    /// Whether the exchange brought rows.
    staged: bool,
    saved_meanwhile: bool,
    level: bool,
}

impl Engine {
    /// `wait_ms`: how long the hub may hold a request in `Watch` mode.
    pub fn new(mode: Mode, wait_ms: u32) -> Engine {
        Engine {
            mode,
            wait_ms: wait_ms.min(MAX_WAIT_MS),
            state: State::Idle,
            exchange: 0,
            failures: 0,
            authentications: 0,
            with_shapes: false,
            held_ends: 0,
            staged: false,
            saved_meanwhile: false,
            level: false,
        }
    }

    /// Whether the last exchange ended level with the hub and nothing was saved since.
    pub fn is_level(&self) -> bool {
        self.level
    }

    /// What to do after this; events that do not fit the state are answered with [`Action::Listen`].
    pub fn step(&mut self, event: Event) -> Action {
        match event {
            Event::Start | Event::PauseOver => match self.state {
                State::Idle | State::Paused => self.exchange(0),
                _ => Action::Listen,
            },
            Event::Saved => self.saved(),
            Event::Authenticated if self.state == State::Authenticating => self.exchange(0),
            Event::Frame(number, frame) if self.listens_to(number) => self.frame(frame),
            Event::Broken(number, reason) if self.listens_to(number) => self.failed(Code::HubUnreachable, reason),
            Event::Refused(0, error) if self.state == State::Authenticating => self.refused(error),
            Event::Refused(number, error) if self.listens_to(number) => self.refused(error),
            Event::Stored { pending } => self.stored(pending),
            Event::StoreFailed(problem) => self.failed(problem.code, problem.message),
            Event::Sent | Event::Authenticated | Event::Frame(..) | Event::Broken(..) | Event::Refused(..) => {
                Action::Listen
            }
        }
    }

    fn listens_to(&self, number: u64) -> bool {
        number == self.exchange && matches!(self.state, State::Exchanging { .. })
    }

    fn exchange(&mut self, wait_ms: u32) -> Action {
        self.exchange += 1;
        self.saved_meanwhile = false;
        self.staged = false;
        self.state = State::Exchanging { held: wait_ms > 0 };
        Action::Exchange { number: self.exchange, wait_ms, with_shapes: std::mem::take(&mut self.with_shapes) }
    }

    fn saved(&mut self) -> Action {
        self.level = false;
        match self.state {
            // A held request would keep the edit waiting: leave it and send at once.
            State::Exchanging { held: true } | State::Idle => self.exchange(0),
            // After a failure an edit is no reason to hurry: the pause is about the network, not about work.
            _ => {
                self.saved_meanwhile = true;
                Action::Listen
            }
        }
    }

    fn frame(&mut self, frame: Frame) -> Action {
        match frame {
            Frame::Alive => Action::Listen,
            Frame::Results(results) => {
                self.state = State::Keeping;
                Action::KeepResults(results)
            }
            Frame::Rows(rows) => {
                self.state = State::Staging;
                Action::Stage(rows)
            }
            // With a long outbox the rows come back piece by piece; applied together they touch each page of the file once.
            Frame::End(end) if end.more && self.held_ends < MOST_HELD => {
                self.held_ends += 1;
                self.state = State::Applying { more: true };
                Action::Hold(end)
            }
            Frame::End(end) => {
                self.held_ends = 0;
                self.state = State::Applying { more: end.more };
                Action::Apply(end)
            }
            Frame::Error(error) => self.refused(error),
        }
    }

    fn stored(&mut self, pending: bool) -> Action {
        match self.state {
            State::Keeping | State::Staging => {
                self.staged |= self.state == State::Staging;
                self.state = State::Exchanging { held: false };
                Action::Listen
            }
            State::Applying { more } => {
                self.failures = 0;
                self.authentications = 0;
                let again = more || pending || self.saved_meanwhile;
                self.level = !again;
                match self.mode {
                    _ if again => self.exchange(0),
                    Mode::Watch => self.exchange(self.wait_ms),
                    Mode::Once => {
                        self.state = State::Idle;
                        Action::Done
                    }
                }
            }
            _ => Action::Listen,
        }
    }

    fn refused(&mut self, error: ErrorBody) -> Action {
        match error.code {
            Code::Unauthorized | Code::TokenExpired if self.authentications < 2 => {
                self.authentications += 1;
                self.state = State::Authenticating;
                Action::Authenticate
            }
            Code::SchemaUnknown => {
                self.with_shapes = true;
                self.exchange(0)
            }
            // A slow line was asked to let others go first. It has got on, so nothing failed.
            Code::Busy if std::mem::take(&mut self.staged) => {
                self.failures = 0;
                self.failed(error.code, error.message)
            }
            Code::Busy | Code::RateLimited | Code::TooSlow | Code::Internal | Code::HubUnreachable | Code::Network => {
                self.failed(error.code, error.message)
            }
            _ => {
                self.state = State::Over;
                self.level = false;
                Action::Halt(error)
            }
        }
    }

    fn failed(&mut self, code: Code, message: String) -> Action {
        self.failures = self.failures.saturating_add(1);
        // Nobody refused the device: a PC that was started without a network has failed to get a token, and goes on trying.
        self.authentications = 0;
        self.level = false;
        if self.mode == Mode::Once && self.failures >= ONCE_ATTEMPTS {
            self.state = State::Idle;
            self.failures = 0;
            return Action::Halt(ErrorBody { code, message, details: None });
        }
        self.state = State::Paused;
        let ms = FIRST_PAUSE_MS.saturating_mul(1 << self.failures.min(10).saturating_sub(1));
        Action::Pause { ms: ms.min(LONGEST_PAUSE_MS) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(more: bool) -> Frame {
        Frame::End(End {
            rev: 1,
            epoch: uuid::Uuid::nil(),
            durable_rev: None,
            digest: None,
            more,
            hub_time: 0,
            devices: None,
        })
    }

    #[test]
    fn one_exchange_with_nothing_to_say() {
        let mut engine = Engine::new(Mode::Once, 0);
        assert_eq!(engine.step(Event::Start), Action::Exchange { number: 1, wait_ms: 0, with_shapes: false });
        assert!(matches!(engine.step(Event::Frame(1, end(false))), Action::Apply(_)));
        assert_eq!(engine.step(Event::Stored { pending: false }), Action::Done);
        assert!(engine.is_level());
    }

    #[test]
    fn frames_of_an_exchange_that_was_given_up_are_ignored() {
        let mut engine = Engine::new(Mode::Watch, 1_000);
        engine.step(Event::Start);
        engine.step(Event::Frame(1, end(false)));
        assert!(matches!(
            engine.step(Event::Stored { pending: false }),
            Action::Exchange { number: 2, wait_ms: 1_000, .. }
        ));
        assert!(matches!(engine.step(Event::Saved), Action::Exchange { number: 3, wait_ms: 0, .. }));
        assert_eq!(engine.step(Event::Frame(2, end(false))), Action::Listen);
        assert!(matches!(engine.step(Event::Frame(3, end(false))), Action::Apply(_)));
    }

    #[test]
    fn pauses_grow_and_are_bounded_and_once_gives_up() {
        let mut engine = Engine::new(Mode::Watch, 0);
        let mut last = 0;
        engine.step(Event::Start);
        for number in 1..40 {
            let Action::Pause { ms } = engine.step(Event::Broken(number, "cut".into())) else { panic!("no pause") };
            assert!(ms >= last && ms <= LONGEST_PAUSE_MS);
            last = ms;
            engine.step(Event::PauseOver);
        }
        assert_eq!(last, LONGEST_PAUSE_MS);
        let mut once = Engine::new(Mode::Once, 0);
        once.step(Event::Start);
        for number in 1..ONCE_ATTEMPTS {
            assert!(matches!(once.step(Event::Broken(u64::from(number), String::new())), Action::Pause { .. }));
            once.step(Event::PauseOver);
        }
        assert!(matches!(once.step(Event::Broken(u64::from(ONCE_ATTEMPTS), String::new())), Action::Halt(_)));
    }

    #[test]
    fn a_slow_line_that_lets_others_go_first_gets_on_and_does_not_give_up() {
        use crate::frame::RowsHead as Head;
        let busy = || Frame::Error(ErrorBody { code: Code::Busy, message: String::new(), details: None });
        let head = Head { entity: "student".into(), columns: vec![], count: 1, through: 1, raw_len: 0 };
        let rows = Frame::Rows(Rows { head, body: vec![] });
        let mut engine = Engine::new(Mode::Once, 0);
        engine.step(Event::Start);
        for number in 1..20 {
            assert_eq!(engine.step(Event::Frame(number, Frame::Alive)), Action::Listen);
            assert!(matches!(engine.step(Event::Frame(number, rows.clone())), Action::Stage(_)));
            engine.step(Event::Stored { pending: false });
            assert_eq!(engine.step(Event::Frame(number, busy())), Action::Pause { ms: FIRST_PAUSE_MS });
            engine.step(Event::PauseOver);
        }
        // One that is told so before it got anything waits longer each time.
        for number in 20..20 + u64::from(ONCE_ATTEMPTS) - 2 {
            assert!(matches!(engine.step(Event::Frame(number, busy())), Action::Pause { ms } if ms > FIRST_PAUSE_MS));
            engine.step(Event::PauseOver);
        }
    }

    #[test]
    fn started_without_a_network_it_tries_until_there_is_one() {
        let refuse = |code| ErrorBody { code, message: String::new(), details: None };
        let mut engine = Engine::new(Mode::Watch, 0);
        engine.step(Event::Start);
        for number in 1..40 {
            assert_eq!(engine.step(Event::Refused(number, refuse(Code::Unauthorized))), Action::Authenticate);
            assert!(matches!(engine.step(Event::Refused(0, refuse(Code::HubUnreachable))), Action::Pause { .. }));
            assert!(matches!(engine.step(Event::PauseOver), Action::Exchange { .. }));
        }
        // A hub that gives tokens and then refuses them is asked three times, not for ever.
        for number in 40..42 {
            assert_eq!(engine.step(Event::Refused(number, refuse(Code::Unauthorized))), Action::Authenticate);
            engine.step(Event::Authenticated);
        }
        assert!(matches!(engine.step(Event::Refused(42, refuse(Code::Unauthorized))), Action::Halt(_)));
    }

    #[test]
    fn a_revoked_device_stops_and_an_old_token_is_renewed() {
        let mut engine = Engine::new(Mode::Watch, 0);
        let refuse = |code| ErrorBody { code, message: String::new(), details: None };
        engine.step(Event::Start);
        assert_eq!(engine.step(Event::Refused(1, refuse(Code::TokenExpired))), Action::Authenticate);
        assert!(matches!(engine.step(Event::Authenticated), Action::Exchange { number: 2, .. }));
        assert!(matches!(engine.step(Event::Refused(2, refuse(Code::DeviceRevoked))), Action::Halt(_)));
        assert_eq!(engine.step(Event::Saved), Action::Listen);
    }
}
