//! The device stranger sees what it is there to see: damage is done in the database beside the product, and it says so.

use pems_tests::strangers::{Stay, device};
use std::time::Duration;

/// What a short visit finds after `sql` (made for the school's slug) was run beside the hub.
fn found_after(sql: fn(&str) -> String) -> Vec<String> {
    // No longer than its pushes take.
    let mut stay = Stay::new(7, Duration::ZERO);
    device::visit_with(&mut stay, 12, Some(sql)).expect("it could work");
    stay.findings().to_vec()
}

fn assert_finds(sql: fn(&str) -> String, what: &str) {
    let found = found_after(sql);
    assert!(found.iter().any(|one| one.contains(what)), "not '{what}' but: {found:#?}");
}

#[test]
fn an_error_of_the_hub_is_found() {
    assert_finds(
        |_| {
            "CREATE FUNCTION public.planted() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'not the change''s fault' USING ERRCODE = '58030'; END $$;
             CREATE TRIGGER planted BEFORE INSERT ON student FOR EACH ROW EXECUTE FUNCTION public.planted()"
                .to_owned()
        },
        "a push was answered",
    );
}

#[test]
fn a_foreign_verifier_is_found() {
    assert_finds(
        |slug| {
            format!(
                "INSERT INTO account (tenant_id, id, email, name, role, password_hash)
                     SELECT id, gen_random_uuid(), 'eve@mabini.ph', 'Eve', 'viewer', '$argon2id$v=19$m=524288,t=2,p=1$AAAA$AAAA'
                     FROM tenant WHERE slug = '{slug}'"
            )
        },
        "a verifier that is none of ours",
    );
}

#[test]
fn a_made_up_id_is_found() {
    assert_finds(
        |slug| {
            format!(
                "INSERT INTO school_year (tenant_id, id, rev, label, start_date, end_date, status)
                     SELECT id, gen_random_uuid(), sync.take(id, 1), '1850-1851', '1850-06-01', '1851-03-31', 'open'
                     FROM tenant WHERE slug = '{slug}'"
            )
        },
        "has a made-up id",
    );
}

#[test]
fn an_office_that_is_not_level_is_found() {
    // The hub's memory of a school and its rows part ways.
    assert_finds(
        |_| {
            "CREATE FUNCTION public.planted() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN NEW.remarks := 'quietly'; RETURN NEW; END $$;
             CREATE TRIGGER planted BEFORE INSERT ON student FOR EACH ROW
                 WHEN (NEW.last_name LIKE 'Honest%') EXECUTE FUNCTION public.planted()"
                .to_owned()
        },
        "not level",
    );
}
