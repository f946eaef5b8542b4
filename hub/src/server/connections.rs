//! Who is connected, counted by address: an address holds so many connections at most, and all together so many.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::net::IpAddr;

#[derive(Debug)]
pub(crate) struct Crowd {
    by_address: Mutex<HashMap<IpAddr, usize>>,
    each: usize,
    all: usize,
}

impl Crowd {
    pub(crate) fn new(each: usize, all: usize) -> Crowd {
        Crowd { by_address: Mutex::default(), each, all }
    }

    /// One more; gives how many there are. A trusted `proxy` counts its own clients.
    ///
    /// # Errors
    /// What is full: `all`, or the `address`.
    pub(crate) fn enter(&self, address: IpAddr, proxy: bool) -> Result<usize, &'static str> {
        let mut crowd = self.by_address.lock();
        let all: usize = crowd.values().sum();
        if all >= self.all {
            return Err("all");
        }
        let here = crowd.entry(address).or_default();
        if !proxy && *here >= self.each {
            return Err("address");
        }
        *here += 1;
        Ok(all + 1)
    }

    /// One less; gives how many are left.
    pub(crate) fn leave(&self, address: IpAddr) -> usize {
        let mut crowd = self.by_address.lock();
        if let Some(here) = crowd.get_mut(&address) {
            *here -= 1;
            if *here == 0 {
                crowd.remove(&address);
            }
        }
        crowd.values().sum()
    }
}
