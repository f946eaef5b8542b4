//! Time limits of a request: none of its steps may last for ever.

use pems_model::wire::ALIVE_EVERY;
use std::time::Duration;

/// How long the hub waits for somebody who does not go on. Each ends by itself, so nobody holds anything for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the head of a request, and on an open connection for the next one. A head is one packet, on the worst of lines some
    /// seconds; but a connection must not end while a proxy before the hub still keeps it (most do so for a minute).
    pub head: Duration,
    /// For the next piece of a request's body.
    pub body_piece: Duration,
    /// For all of it: 1 MiB at 6 KB/s.
    pub body: Duration,
    /// For somebody to read the next piece (16 KiB) of an answer: 550 bytes a second.
    pub unread: Duration,
    /// For somebody to read all of an answer that comes from the database. A first sync at 10 KB/s gets 9 MB in it; what was cut
    /// off goes on where it stopped.
    pub pull: Duration,
    /// How long an answer from the database may go on waiting for its line when another one waits for its place. Some frames, so
    /// that a slow line gets on each time.
    pub slow_pull: Duration,
    /// For the next sign of life of an exchange that waits. Not for somebody else, but for the office at the other end
    /// ([`SILENCE`](pems_model::wire::SILENCE)).
    pub alive: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        let seconds = Duration::from_secs;
        Patience {
            head: seconds(75),
            body_piece: seconds(20),
            body: seconds(180),
            unread: seconds(30),
            pull: seconds(900),
            slow_pull: seconds(10),
            alive: ALIVE_EVERY,
        }
    }
}
