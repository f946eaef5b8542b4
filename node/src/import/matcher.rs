//! From proposals to what must be saved: which record each one is about, and what it would change there.
//!
//! Invariants: parents are resolved before what links to them; a proposal that is left out takes with it what cannot be
//! without it; what is returned is valid as the store understands it, so a dry run promises what the import does; which rows are
//! about one record is known before the first of them is settled.

use super::known::Existing;
use super::people::{self, Match};
use super::proposal::{Given, Hint, Mapped, Proposal, refusal, row_refusal};
use super::stays;
use super::table::Cell;
use super::twice::{Twin, Twins, besides};
use super::{Duplicate, DuplicateKind, Duplicates, Options, Report, Stage, Wanted};
use crate::Result;
use crate::store::Save;
use pems_model::domain::learners;
use pems_model::entities::{SECTION_MEMBERSHIP, STUDENT_GUARDIAN};
use pems_model::push::complete;
use pems_model::school_day::day_of;
use pems_model::value::parse_date;
use pems_model::{Code, Entity, Problem, Row, Value, natural};
use serde_json::{Map, Value as Json};
use std::collections::HashMap;
use std::rc::Rc;
use uuid::Uuid;

/// A value that a row gives for a field, and the cell it comes from.
type Values<'a> = Vec<(usize, Value, Option<Cell<'a>>)>;

struct Resolver<'a, 's> {
    known: Existing<'s>,
    today: i32,
    duplicates: Duplicates,
    /// Which record each proposal is, once it is settled; `None` for one that is left out.
    settled: Vec<Option<Uuid>>,
    /// The proposal that a record of this batch comes from.
    sources: HashMap<Uuid, usize>,
    /// Rows that are about the same record as others.
    twins: HashMap<usize, Twin>,
    proposals: &'a [Proposal<'a>],
    saves: Vec<Wanted>,
    report: Report,
}

pub(super) fn resolve(mut mapped: Mapped<'_>, known: Existing<'_>, options: &Options) -> Result<(Vec<Wanted>, Report)> {
    let schema = known.store().schema();
    let mut order: Vec<usize> = (0..mapped.proposals.len()).collect();
    order.sort_by_key(|i| schema.index(mapped.proposals[*i].entity.name));
    let warnings = mapped.take_warnings();
    let report = Report { refused: std::mem::take(&mut mapped.refused), warnings, ..Report::default() };
    let mut resolver = Resolver {
        today: day_of(known.store().now()),
        known,
        duplicates: options.duplicates,
        settled: vec![None; mapped.proposals.len()],
        sources: HashMap::new(),
        twins: HashMap::new(),
        proposals: &mapped.proposals,
        saves: Vec::new(),
        report,
    };
    options.progress.begin(Stage::Matching, order.len());
    for kind in order.chunk_by(|a, b| mapped.proposals[*a].entity.name == mapped.proposals[*b].entity.name) {
        resolver.find_twins(kind)?;
        for i in kind {
            options.progress.step()?;
            resolver.settled[*i] = resolver.settle(*i)?;
        }
    }
    let mut report = resolver.report;
    report.total();
    report.refused.sort_by(|a, b| (&a.file, a.row).cmp(&(&b.file, b.row)));
    Ok((resolver.saves, report))
}

/// The values as the store keeps them, by the store's own check; where it would refuse one, which and why.
fn as_kept(entity: &Entity, values: &mut Values<'_>) -> Result<(), (usize, Problem)> {
    for (at, (field, value, _)) in values.iter_mut().enumerate() {
        *value = Value::parse(&entity.fields[*field], &value.to_json()).map_err(|problem| (at, problem))?;
    }
    values.retain(|(_, value, _)| !value.is_null());
    Ok(())
}

/// Nobody is born after today.
fn born(fields: &Map<String, Json>, today: i32) -> Result<(), Problem> {
    let day = fields.get("birth_date").and_then(Json::as_str).and_then(parse_date);
    day.and_then(|day| learners::birth_date(day, today)).map_or(Ok(()), Err)
}

/// What the values say, as a record.
fn probe(entity: &Entity, values: &Values<'_>) -> Row {
    let mut probe = Row::empty(entity, Uuid::nil());
    for (field, value, _) in values {
        probe.values[*field] = value.clone();
    }
    probe
}

impl<'a> Resolver<'a, '_> {
    /// Among proposals of one kind. What is refused whatever else the file says has no part in it.
    fn find_twins(&mut self, kind: &[usize]) -> Result<()> {
        let mut twins = Twins::default();
        for i in kind {
            let proposal = &self.proposals[*i];
            let Some(mut values) = self.values(proposal).filter(|_| proposal.problems.is_empty()) else { continue };
            if as_kept(proposal.entity, &mut values).is_err() {
                continue;
            }
            if matches!(proposal.hint, Hint::CurrentMembership) {
                self.keep_current_membership(&mut values)?;
            }
            twins.put(*i, proposal, probe(proposal.entity, &values), &mut self.known)?;
        }
        let file = |i: usize| &self.proposals[i].rec.table.file;
        let one_file = kind.windows(2).all(|pair| file(pair[0]) == file(pair[1]));
        let place = |i: usize| {
            let line = self.proposals[i].rec.line;
            if one_file { line.to_string() } else { format!("{line} of {}", file(i)) }
        };
        if let Some(first) = kind.first() {
            self.twins = twins.found(self.proposals[*first].entity, &place);
        }
        Ok(())
    }

    fn settle(&mut self, i: usize) -> Result<Option<Uuid>> {
        let proposal = &self.proposals[i];
        let entity = proposal.entity;
        if !proposal.problems.is_empty() {
            self.report.refused.extend(proposal.problems.iter().cloned());
            return Ok(None);
        }
        if !self.known.store().may_write(entity) {
            let store = self.known.store();
            let role = store.actor().map_or(store.role(), |actor| actor.role).name();
            let message = format!("the role {role} may not change {} records; ask a school admin", entity.label);
            return Ok(self.refuse(i, &[], Problem::new(Code::RoleForbidden, message)));
        }
        let Some(mut values) = self.values(proposal) else {
            self.report.left_out += 1;
            return Ok(None);
        };
        if let Err((at, problem)) = as_kept(entity, &mut values) {
            return Ok(self.refuse(i, &values[at..=at], problem));
        }
        if matches!(proposal.hint, Hint::CurrentMembership) {
            self.keep_current_membership(&mut values)?;
        }
        match self.twins.remove(&i) {
            Some(Twin::Contradicts(problem)) => return Ok(self.refuse(i, &values, problem)),
            Some(Twin::Repeats(first)) => {
                self.repeat(i, first, &probe(entity, &values));
                return Ok(self.settled[first]);
            }
            None => {}
        }
        let probe = probe(entity, &values);
        let id = match self.find(proposal, &probe)? {
            Match::Refused(problem) => return Ok(self.refuse(i, &values, problem)),
            Match::Suspect(of) => {
                self.suspect(i, of, &probe);
                if self.duplicates == Duplicates::Skip {
                    return Ok(None);
                }
                self.known.store().new_id()
            }
            Match::New => self.known.store().new_id(),
            Match::Known(id) => id,
        };
        if let Some(first) = self.sources.get(&id) {
            self.repeat(i, *first, &probe);
            return Ok(Some(id));
        }
        self.put(i, id, values)
    }

    /// The values of a proposal with its links settled; `None` where it cannot be without what was left out.
    fn values(&self, proposal: &Proposal<'a>) -> Option<Values<'a>> {
        let mut values = Vec::with_capacity(proposal.given.len());
        for (field, given, cell) in &proposal.given {
            match given {
                Given::Value(Value::Null) => {}
                Given::Value(value) => values.push((*field, value.clone(), *cell)),
                Given::Row(of) => match self.settled[*of] {
                    Some(id) => values.push((*field, Value::Id(id), *cell)),
                    None if proposal.entity.fields[*field].required => return None,
                    None => {}
                },
            }
        }
        Some(values)
    }

    fn find(&mut self, proposal: &Proposal<'a>, probe: &Row) -> Result<Match> {
        let entity = proposal.entity;
        if let Some(id) = proposal.id
            && (!entity.has_derived_id() || self.known.kept(entity)?.rows.contains_key(&id))
        {
            return Ok(Match::Known(id));
        }
        if entity.has_derived_id() {
            return Ok(self.known.by_key(entity, probe)?.map_or(Match::New, Match::Known));
        }
        let theirs = if let Hint::Wards(wards) = &proposal.hint { self.guardians_of(wards)? } else { Vec::new() };
        let kept = self.known.kept(entity)?;
        Ok(match entity.name {
            "student" => people::student(entity, probe, kept),
            "staff" => people::staff(entity, probe, kept),
            "guardian" => people::guardian(entity, probe, kept, &theirs),
            "school_user" => people::user(entity, probe, kept),
            _ => Match::New,
        })
    }

    fn guardians_of(&mut self, wards: &[usize]) -> Result<Vec<Uuid>> {
        let wards: Vec<Uuid> = wards.iter().filter_map(|ward| self.settled[*ward]).collect();
        let kept = self.known.kept(&STUDENT_GUARDIAN)?;
        let links = wards.iter().filter_map(|ward| kept.children.get(ward)).flatten();
        Ok(links.filter_map(|id| kept.rows.get(id)?.get(&STUDENT_GUARDIAN, "guardian").as_id()).collect())
    }

    fn keep_current_membership(&mut self, values: &mut Values<'a>) -> Result<()> {
        let entity = &SECTION_MEMBERSHIP;
        let Some(Value::Id(enrolment)) = values.iter().find(|v| entity.fields[v.0].name == "enrolment").map(|v| &v.1)
        else {
            return Ok(());
        };
        let enrolment = *enrolment;
        let kept = self.known.kept(entity)?;
        let mut current = kept.children.get(&enrolment).into_iter().flatten().filter_map(|id| kept.rows.get(id));
        let open = current.find(|row| row.is_live() && row.get(entity, "valid_to").is_null());
        let from = open.map(|row| row.get(entity, "valid_from").clone());
        if let (Some(from), Some(value)) = (from, values.iter_mut().find(|v| entity.fields[v.0].name == "valid_from")) {
            value.1 = from;
        }
        Ok(())
    }

    fn put(&mut self, i: usize, id: Uuid, values: Values<'a>) -> Result<Option<Uuid>> {
        let proposal = &self.proposals[i];
        let entity = proposal.entity;
        let before = self.known.kept(entity)?.rows.get(&id).cloned();
        let created = before.as_ref().is_none_or(|row| !row.is_live());
        if created && entity.hub_made {
            let message = format!("{} records are made by the hub; they cannot be imported", entity.label);
            return Ok(self.refuse(i, &values, Problem::new(Code::HubOnly, message)));
        }
        let mut row = before.unwrap_or_else(|| Row::empty(entity, id));
        row.deleted_at = None;
        let mut fields = Map::new();
        for (field, value, _) in &values {
            let declared = &entity.fields[*field];
            if row.values[*field] == *value {
                continue;
            }
            if declared.immutable && !row.values[*field].is_null() {
                let message = format!("{} is set once and cannot be changed; this record has another", declared.label);
                return Ok(self.refuse(i, &values, Problem::at(Code::Fixed, declared.name, message)));
            }
            fields.insert(declared.name.to_owned(), value.to_json());
            row.values[*field] = value.clone();
        }
        for (field, value) in proposal.defaults.iter().filter(|_| created) {
            if row.values[*field].is_null() {
                let value = match Value::parse(&entity.fields[*field], &value.to_json()) {
                    Ok(value) => value,
                    Err(problem) => return Ok(self.refuse(i, &values, problem)),
                };
                fields.insert(entity.fields[*field].name.to_owned(), value.to_json());
                row.values[*field] = value;
            }
        }
        if let Err(problem) = complete(entity, &row).and_then(|()| born(&fields, self.today)) {
            return Ok(self.refuse(i, &values, problem));
        }
        if let Some(other) = self.known.other_with_key(entity, &row)? {
            return Ok(self.refuse(i, &values, natural::taken(entity, other)));
        }
        if let Some(problem) = stays::problem(&mut self.known, entity, &row)? {
            return Ok(self.refuse(i, &values, problem));
        }
        let changed = !fields.is_empty();
        self.report.count(entity.name, |counts| match (created, changed) {
            (true, _) => counts.new += 1,
            (false, true) => counts.changed += 1,
            (false, false) => counts.unchanged += 1,
        });
        if created || changed {
            let file = &proposal.rec.table.file;
            let file = match self.saves.last() {
                Some(last) if *last.file == **file => Rc::clone(&last.file),
                _ => Rc::from(file.as_str()),
            };
            let save = Save { entity: entity.name.to_owned(), id: Some(id), fields };
            self.saves.push(Wanted { save, file, line: proposal.rec.line });
        }
        let tenant = self.known.store().tenant();
        self.known.kept(entity)?.put(entity, tenant, row);
        self.sources.insert(id, i);
        Ok(Some(id))
    }

    /// Lists a refusal at the cell that it is about, if one is.
    fn refuse(&mut self, i: usize, values: &[(usize, Value, Option<Cell<'a>>)], problem: Problem) -> Option<Uuid> {
        let proposal = &self.proposals[i];
        let field = problem.field.as_deref().and_then(|name| proposal.entity.field_index(name));
        let cell = values.iter().find(|value| Some(value.0) == field).and_then(|value| value.2);
        self.report.refused.push(match cell {
            Some(cell) => refusal(cell, problem),
            None => row_refusal(proposal.rec, problem),
        });
        None
    }

    /// A row of the file that is surely the same record as an earlier one; `said` is what it says of it.
    fn repeat(&mut self, i: usize, first: usize, said: &Row) {
        let (proposal, before) = (&self.proposals[i], &self.proposals[first]);
        let entity = proposal.entity;
        let (rec, first_rec) = (proposal.rec, before.rec);
        let mut counts = "the first one counts".to_owned();
        let left_out = self.settled[first].is_none();
        let mut fields = Vec::new();
        if left_out {
            counts = "that one is left out, so this one is too".into();
        } else if let Some(mut values) = self.values(before)
            && as_kept(entity, &mut values).is_ok()
        {
            let besides = besides(entity, said, &probe(entity, &values));
            if !besides.is_empty() {
                let labels: Vec<&str> = besides.iter().map(|(_, label)| *label).collect();
                counts = format!("{counts}, and this one's {} is left out", labels.join(", "));
                fields = besides.into_iter().map(|(name, _)| name).collect();
            }
        }
        let message = format!(
            "{} is the same record as {} line {}; {counts}",
            entity.label, first_rec.table.file, first_rec.line
        );
        self.report.duplicates.push(Duplicate {
            file: rec.table.file.clone(),
            row: rec.line,
            kind: DuplicateKind::SameRecord,
            of: None,
            of_row: Some(first_rec.line),
            message,
            imported: false,
            names: None,
            left_out,
            besides: fields,
        });
    }

    fn suspect(&mut self, i: usize, of: Uuid, probe: &Row) {
        let proposal = &self.proposals[i];
        let entity = proposal.entity;
        let of_row = self.sources.get(&of).map(|first| self.proposals[*first].rec.line);
        let other = self.known.kept(entity).ok().and_then(|kept| kept.rows.get(&of));
        let names =
            [people::label(entity, probe), other.map_or_else(String::new, |other| people::label(entity, other))];
        let message = format!(
            "{} may be the same person as {} ({}); look at both, then import with duplicates or leave it",
            names[0],
            names[1],
            of_row.map_or_else(|| format!("record {of}"), |row| format!("line {row} of the file")),
        );
        self.report.duplicates.push(Duplicate {
            file: proposal.rec.table.file.clone(),
            row: proposal.rec.line,
            kind: DuplicateKind::SameName,
            of: of_row.is_none().then_some(of),
            of_row,
            message,
            imported: self.duplicates == Duplicates::Import,
            names: Some(names),
            left_out: false,
            besides: Vec::new(),
        });
    }
}
