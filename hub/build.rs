//! Migrations are compiled into the program, and the queries are checked against `.sqlx`: a new file must rebuild it.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
    println!("cargo:rerun-if-changed=../.sqlx");
}
