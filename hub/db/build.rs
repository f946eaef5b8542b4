//! The queries are checked against `.sqlx`: what is written there anew must be compiled anew.

fn main() {
    println!("cargo:rerun-if-changed=../../.sqlx");
}
