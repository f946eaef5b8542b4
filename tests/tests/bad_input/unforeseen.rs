//! What the hub's own rules did not foresee and its database refuses: the change that caused it is parked with a reason, all others
//! flow, now and in every later exchange. For every kind of record, and for every way in which a database says no.

use pems_model::wire::{Change, ChangeKind, Outcome};
use pems_model::{Code, Entity, Schema};
use pems_tests::raw::{Answer, Speaker, change};
use pems_tests::records::Records;
use pems_tests::rig::{Rig, TestOffice};
use serde_json::json;
use uuid::Uuid;

/// A way in which a database refuses the row `bad` of a table.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Plant {
    Check,
    Trigger,
    /// A trigger whose own code is wrong for this row.
    BrokenTrigger,
    /// It says no only when the transaction ends.
    Deferred,
    /// Of two rows that are each fine the later one is refused.
    Unique,
}

const PLANTS: [Plant; 5] = [Plant::Check, Plant::Trigger, Plant::BrokenTrigger, Plant::Deferred, Plant::Unique];

impl Plant {
    fn code(self) -> Code {
        if self == Plant::Unique { Code::Conflict } else { Code::Rule }
    }

    /// SQL that plants it and SQL that takes it away.
    fn sql(self, entity: &Entity, good: Uuid, bad: Uuid) -> (String, String) {
        let table = entity.name;
        // Review items are there before an office changes them.
        let counts = if entity.hub_made { "state = 'kept'" } else { "true" };
        let new = counts.replace("state", "NEW.state");
        let function = |body: &str| {
            format!(
                "CREATE FUNCTION public.planted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NEW; END $$;
                 GRANT EXECUTE ON FUNCTION public.planted() TO PUBLIC;"
            )
        };
        let trigger = |kind: &str, when: &str| {
            format!(
                "CREATE {kind} planted {when} FOR EACH ROW WHEN (NEW.id = '{bad}' AND {new}) EXECUTE FUNCTION public.planted()"
            )
        };
        let before = trigger("TRIGGER", &format!("BEFORE INSERT OR UPDATE ON {table}"));
        let after =
            trigger("CONSTRAINT TRIGGER", &format!("AFTER INSERT OR UPDATE ON {table} DEFERRABLE INITIALLY DEFERRED"));
        let gone = format!("DROP TRIGGER planted ON {table}; DROP FUNCTION public.planted()");
        let raise = function("RAISE EXCEPTION 'not this one';");
        match self {
            Plant::Check => (
                format!("ALTER TABLE {table} ADD CONSTRAINT planted CHECK (id <> '{bad}' OR NOT ({counts})) NOT VALID"),
                format!("ALTER TABLE {table} DROP CONSTRAINT planted"),
            ),
            Plant::Trigger => (format!("{raise} {before}"), gone),
            Plant::BrokenTrigger => (format!("{} {before}", function("PERFORM no_such_function(NEW.id);")), gone),
            Plant::Deferred => (format!("{raise} {after}"), gone),
            Plant::Unique => (
                format!("CREATE UNIQUE INDEX planted ON {table} ((true)) WHERE id IN ('{good}', '{bad}') AND {counts}"),
                "DROP INDEX planted".to_owned(),
            ),
        }
    }
}

/// A school with an office that says anything and another one that is honest.
struct School {
    rig: Rig,
    speaker: Speaker,
    honest: TestOffice,
    records: Records,
    op_no: i64,
}

impl School {
    async fn new() -> School {
        let rig = Rig::product().await;
        let tenant = rig.school("mabini").await.id;
        let (office, honest) = (rig.office("mabini").await, rig.office("mabini").await);
        let speaker = Speaker::new(&office).await.expect("a token");
        School { rig, speaker, honest, records: Records::new(Schema::product(), tenant), op_no: 0 }
    }

    fn next(&mut self) -> i64 {
        self.op_no += 1;
        self.op_no
    }

    /// Twenty changes: rows of `entity` as far as there may be several, learners for the rest. With the position and id of the one
    /// to refuse, and the id of one of its kind before it.
    async fn twenty(&mut self, entity: &'static Entity) -> (Vec<Change>, usize, Uuid, Uuid) {
        let mut changes = Vec::new();
        let mut of_kind = Vec::new();
        if entity.hub_made {
            for item in self.conflicts().await {
                of_kind.push((changes.len(), item.0));
                let op_no = self.next();
                changes.push(change(op_no, entity.name, item.0, item.1, json!({ "state": "kept" })));
            }
        } else {
            while of_kind.is_empty() || (!entity.singleton && of_kind.len() < 4) {
                for record in self.records.with_parents(entity.name) {
                    if record.entity.name == entity.name {
                        of_kind.push((changes.len(), record.id));
                    }
                    let op_no = self.next();
                    changes.push(record.change(op_no));
                }
            }
        }
        while changes.len() < 20 {
            let record = self.records.with_parents("student").remove(0);
            let op_no = self.next();
            changes.push(record.change(op_no));
        }
        let (at, bad) = of_kind[of_kind.len() / 2];
        (changes, at, of_kind[0].1, bad)
    }

    /// Three review items, as ids and revisions.
    async fn conflicts(&mut self) -> Vec<(Uuid, i64)> {
        let made: Vec<Uuid> = (0..3)
            .map(|n| self.honest.save("student", &json!({ "last_name": format!("Cruz {n}"), "first_name": "Ana" })))
            .collect();
        self.honest.sync().await;
        for id in &made {
            self.honest.save("student", &json!({ "id": id, "remarks": "theirs" }));
        }
        self.honest.sync().await;
        let mut changes = Vec::new();
        for id in &made {
            let op_no = self.next();
            changes.push(change(op_no, "student", *id, 1, json!({ "remarks": "ours" })));
        }
        let answer = self.speaker.sync(&self.speaker.push(changes)).await.expect("an answer");
        let items = answer.rows().into_iter().filter(|(kind, row)| {
            kind == "review_item" && made.iter().any(|id| format!("{row:?}").contains(&format!("{id:?}")))
        });
        items.map(|(_, row)| (row.id, row.rev)).collect()
    }

    async fn push(&self, changes: &[Change]) -> Answer {
        self.speaker.sync(&self.speaker.push(changes.to_vec())).await.expect("an answer, never an error of the hub")
    }

    async fn assert_level(&self) {
        self.honest.sync().await;
        self.rig.assert_level(&self.honest).await;
    }
}

#[tokio::test]
async fn whatever_the_database_refuses_is_one_change_and_all_others_flow() {
    let mut school = School::new().await;
    for entity in Schema::product().entities() {
        for plant in PLANTS.into_iter().filter(|plant| !(entity.singleton && *plant == Plant::Unique)) {
            let about = format!("{} {plant:?}", entity.name);
            let (changes, at, good, bad) = school.twenty(entity).await;
            let (planted, gone) = plant.sql(entity, good, bad);
            school.rig.sql(&planted).await.unwrap_or_else(|error| panic!("{about}: {error}"));

            let answer = school.push(&changes).await;
            let mut wanted = vec![None; changes.len()];
            wanted[at] = Some(plant.code());
            assert_eq!(answer.refusals(), wanted, "{about}");
            let Outcome::Refused { problem } = &answer.results[at].outcome else { panic!("{about}") };
            assert!(problem.message.contains(entity.label), "{about}: {}", problem.message);
            assert!(!problem.message.contains("planted"), "the database shows: {}", problem.message);

            // Exactly once, the refused one too; and what comes later flows.
            assert_eq!(school.push(&changes).await.results, answer.results, "{about}");
            let op_no = school.next();
            let later = school.records.with_parents("student").remove(0).change(op_no);
            assert_eq!(school.push(&[later]).await.refusals(), [None], "{about}");
            school.assert_level().await;

            school.rig.sql(&gone).await.expect("taken away");
            assert_eq!(school.push(&changes).await.results, answer.results, "{about}");
        }
    }
}

#[tokio::test]
async fn what_hangs_on_a_refused_change_is_parked_with_it() {
    let mut school = School::new().await;
    let mut records = school.records.with_parents("attendance_mark");
    records.extend(school.records.with_parents("attendance_mark"));
    let grouped = school.records.with_parents("guardian").remove(0);
    let section = records.iter().find(|record| record.entity.name == "section").expect("a section").id;
    let (planted, gone) = Plant::Check.sql(Schema::product().entity("section").expect("declared"), section, section);
    school.rig.sql(&planted).await.expect("planted");

    let mut changes: Vec<Change> = Vec::new();
    for record in &records {
        let op_no = school.next();
        changes.push(record.change(op_no));
    }
    let op_no = school.next();
    changes.push(grouped.change(op_no));
    // The first section and a guardian who has nothing to do with it are one entry.
    let group = Some(Uuid::from_u128(1));
    let of_section = changes.iter().position(|change| change.row_id == section).expect("there");
    changes[of_section].group = group;
    changes.last_mut().expect("the guardian").group = group;
    let answer = school.push(&changes).await;

    let codes: Vec<(&str, Option<Code>)> =
        changes.iter().zip(answer.refusals()).map(|(change, code)| (change.entity.as_str(), code)).collect();
    let first = codes.iter().position(|one| *one == ("attendance_mark", Some(Code::ParentMissing))).expect("the mark");
    for (entity, code) in &codes[..=first] {
        let wanted = match *entity {
            "section" => Some(Code::Rule),
            "attendance_sheet" | "attendance_mark" => Some(Code::ParentMissing),
            _ => None,
        };
        assert_eq!(*code, wanted, "{entity}");
    }
    let (last, rest) = codes[first + 1..].split_last().expect("more");
    assert!(rest.iter().all(|(_, code)| code.is_none()), "{rest:?}");
    assert_eq!(*last, ("guardian", Some(Code::GroupRefused)));
    assert_eq!(school.push(&changes).await.results, answer.results);
    school.assert_level().await;

    // Once it may be, it goes through by itself.
    school.rig.sql(&gone).await.expect("taken away");
    for change in &mut changes {
        *change = Change { id: Uuid::new_v5(&change.id, b"again"), op_no: school.next(), ..change.clone() };
    }
    assert!(school.push(&changes).await.refusals().iter().all(Option::is_none));
    school.assert_level().await;
}

#[tokio::test]
async fn of_many_bad_ones_each_is_refused_and_each_good_one_is_taken() {
    let mut school = School::new().await;
    let table = "ALTER TABLE student ADD CONSTRAINT planted CHECK (remarks IS NULL OR remarks <> 'bad')";
    school.rig.sql(table).await.expect("planted");
    let mut changes = Vec::new();
    for n in 0..300 {
        let op_no = school.next();
        let mut change = school.records.with_parents("student").remove(0).change(op_no);
        if n % 7 == 3 || (100..150).contains(&n) {
            change.fields.insert("remarks".into(), json!("bad"));
        }
        // Entries of three, one of which spans others.
        if n % 10 == 0 || n % 10 == 4 {
            change.group = Some(Uuid::from_u128(1000 + n / 10));
        }
        changes.push(change);
    }
    let answer = school.push(&changes).await;
    for (change, code) in changes.iter().zip(answer.refusals()) {
        let bad = |change: &Change| change.fields.get("remarks") == Some(&json!("bad"));
        let grouped = changes.iter().any(|other| change.group.is_some() && other.group == change.group && bad(other));
        match code {
            Some(Code::Rule) => assert!(bad(change), "{change:?}"),
            Some(Code::GroupRefused) => assert!(grouped, "{change:?}"),
            None => assert!(!bad(change) && !grouped, "{change:?}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(school.push(&changes).await.results, answer.results);
    school.assert_level().await;
}

#[tokio::test]
async fn an_edit_and_a_deletion_can_be_refused_as_well() {
    let mut school = School::new().await;
    let record = school.records.with_parents("student").remove(0);
    let op_no = school.next();
    school.push(&[record.change(op_no)]).await;
    school
        .rig
        .sql("ALTER TABLE student ADD CONSTRAINT planted CHECK (deleted_at IS NULL AND first_name <> 'x')")
        .await
        .expect("planted");
    let mut changes = Vec::new();
    for fields in [json!({ "first_name": "x" }), json!({ "remarks": "fine" }), json!({})] {
        let op_no = school.next();
        changes.push(change(op_no, "student", record.id, 1, fields));
    }
    changes[2].kind = ChangeKind::Delete;
    let answer = school.push(&changes).await;
    assert_eq!(answer.refusals(), [Some(Code::Rule), None, Some(Code::Rule)]);
    school.assert_level().await;
    assert_eq!(school.honest.get("student", record.id).expect("there")["remarks"], json!("fine"));
}

#[tokio::test]
async fn what_is_no_fault_of_a_change_refuses_none() {
    let mut school = School::new().await;
    let op_no = school.next();
    let change = school.records.with_parents("student").remove(0).change(op_no);
    // The disk is full; a query was cancelled; a privilege is missing; the database goes down; two waited for each other.
    for state in ["53100", "53200", "57014", "42501", "57P01", "40P01", "40001", "58030", "XX001", "08006"] {
        let plant = format!(
            "CREATE FUNCTION public.planted() RETURNS trigger LANGUAGE plpgsql AS
                 $$ BEGIN RAISE EXCEPTION 'the machine' USING ERRCODE = '{state}'; END $$;
             CREATE TRIGGER planted BEFORE INSERT ON student FOR EACH ROW EXECUTE FUNCTION public.planted()"
        );
        school.rig.sql(&plant).await.expect("planted");
        let refused = school.speaker.sync(&school.speaker.push(vec![change.clone()])).await.expect_err(state);
        assert!([Code::Internal, Code::Busy].contains(&refused.code), "{state} {}", refused.code);
        school.rig.sql("DROP TRIGGER planted ON student; DROP FUNCTION public.planted()").await.expect("gone");
    }
    assert_eq!(school.push(&[change]).await.refusals(), [None], "nothing was lost");
    school.assert_level().await;
}
