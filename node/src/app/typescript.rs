//! The requests and answers as TypeScript, for `ui/src/generated/`: the screens are checked against them. Every type that a request
//! or an answer has in it is found by walking through it, so that none is forgotten.
//!
//! Invariant: a type is declared once, in the file of the first request that has it; other files import it from there.

use pems_model::{Code, Schema};
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use ts_rs::{Config, TS, TypeVisitor};

/// The file of the requests that belong to no area.
const RECORDS: &str = "api";

/// What one file holds.
#[derive(Debug, Default)]
struct File {
    imports: BTreeMap<&'static str, BTreeSet<String>>,
    /// By name: in which order the fields of a type are walked through differs from build to build.
    types: BTreeMap<String, String>,
    requests: Vec<String>,
    answers: Vec<String>,
}

/// The files as far as they are made.
pub(in crate::app) struct Declarations {
    config: Config,
    placed: HashMap<TypeId, &'static str>,
    /// In the order in which they began.
    order: Vec<&'static str>,
    files: BTreeMap<&'static str, File>,
}

/// Finds the types that a request of one file needs.
struct Finder<'a> {
    all: &'a mut Declarations,
    file: &'static str,
}

impl TypeVisitor for Finder<'_> {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // What has no declaration of its own is written where it is used.
        if T::output_path().is_none() {
            return;
        }
        let (id, name) = (TypeId::of::<T>(), T::ident(&self.all.config));
        if let Some(home) = self.all.placed.get(&id).copied() {
            if home != self.file {
                self.all.file(self.file).imports.entry(home).or_default().insert(name);
            }
            return;
        }
        self.all.placed.insert(id, self.file);
        let declared = format!("{}export {}", T::docs().unwrap_or_default(), T::decl(&self.all.config));
        let file = self.all.file(self.file);
        let another = file.types.insert(name.clone(), declared);
        assert!(another.is_none(), "two types of {}.ts are called {name}; rename one: #[ts(rename = ..)]", self.file);
        T::visit_dependencies(self);
    }
}

impl Declarations {
    pub(in crate::app) fn new() -> Declarations {
        // Counts and revisions stay far below 2^53, and JSON makes them numbers.
        let config = Config::new().with_large_int("number");
        Declarations { config, placed: HashMap::new(), order: Vec::new(), files: BTreeMap::new() }
    }

    /// Takes in a request and its answer, with every type that they have in them.
    pub(in crate::app) fn request<R: TS + 'static, A: TS + 'static>(&mut self, name: &'static str) {
        let file = name.split_once('.').map_or(RECORDS, |(area, _)| area);
        let mut finder = Finder { all: self, file };
        R::visit_dependencies(&mut finder);
        finder.visit::<A>();
        A::visit_generics(&mut finder);
        let fields = R::inline(&self.config);
        let asked = match fields.strip_prefix("{ ") {
            Some(rest) => format!("{{ \"do\": \"{name}\", {rest}"),
            None if fields == "Record<symbol, never>" => format!("{{ \"do\": \"{name}\" }}"),
            None => format!("{{ \"do\": \"{name}\" }} & {fields}"),
        };
        let request = format!("{}| {asked}", R::docs().unwrap_or_default());
        let answer = format!("  \"{name}\": {};", A::name(&self.config));
        let file = self.file(file);
        file.requests.push(request);
        file.answers.push(answer);
    }

    fn file(&mut self, name: &'static str) -> &mut File {
        if !self.files.contains_key(name) {
            self.order.push(name);
        }
        self.files.entry(name).or_default()
    }

    /// Every file with its name.
    pub(in crate::app) fn finish(self) -> Vec<(&'static str, String)> {
        let all: Vec<&str> = self.order.iter().copied().filter(|name| *name != RECORDS).collect();
        self.files.iter().map(|(name, file)| (*name, text(name, file, &all))).collect()
    }
}

/// What an area is called in the names of its types.
fn called(file: &str) -> String {
    if file == RECORDS {
        return "Records".to_owned();
    }
    // Areas are named in plain words; the first letter of `attendance` makes `Attendance`.
    file.chars().take(1).flat_map(char::to_uppercase).chain(file.chars().skip(1)).collect()
}

fn text(name: &str, file: &File, areas: &[&str]) -> String {
    let area = called(name);
    let mut body = file.types.values().map(String::as_str).collect::<Vec<_>>().join("\n\n");
    let _ = write!(body, "\n\nexport type {area}Request =\n{};\n", file.requests.join("\n"));
    let _ = write!(body, "\nexport interface {area}Answers {{\n{}\n}}\n", file.answers.join("\n"));
    if name == RECORDS {
        body.push_str(&common(areas));
    }
    let mut out = String::from("// Made by `cargo xtask gen` from the requests of node/src/app. Do not edit.\n\n");
    let mut imports: Vec<(&str, Vec<String>)> =
        file.imports.iter().map(|(from, names)| (*from, names.iter().cloned().collect())).collect();
    imports.push(("entities", entities(&body, file)));
    if name == RECORDS {
        imports.extend(areas.iter().map(|area| {
            let called = called(area);
            (*area, vec![format!("{called}Answers"), format!("{called}Request")])
        }));
    }
    imports.retain(|(_, names)| !names.is_empty());
    for (from, names) in &imports {
        let _ = writeln!(out, "import type {{ {} }} from \"./{from}\";", names.join(", "));
    }
    if !imports.is_empty() {
        out.push('\n');
    }
    out + body.trim_start()
}

/// The records that are named, which `entities.ts` declares.
fn entities(body: &str, file: &File) -> Vec<String> {
    let code: String =
        body.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, code)| code)).collect::<Vec<_>>().join(" ");
    let words: BTreeSet<&str> = code.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let names = Schema::product().entities().iter().map(|entity| pems_model::typescript::type_name(entity));
    let mut named: Vec<String> =
        names.filter(|name| words.contains(name.as_str()) && !file.types.contains_key(name)).collect();
    named.sort();
    named
}

/// What all areas together are, and how a request fails.
fn common(areas: &[&str]) -> String {
    let all = |what: &str, between: &str| {
        let names = areas.iter().map(|area| format!("{}{what}", called(area)));
        names.collect::<Vec<_>>().join(between)
    };
    let mut out = format!("\nexport type Request = RecordsRequest | {};\n", all("Request", " | "));
    let _ = write!(out, "\nexport interface Answers extends RecordsAnswers, {} {{}}\n", all("Answers", ", "));
    out.push_str("\nexport type Code =");
    for code in Code::ALL {
        let _ = write!(out, "\n  | \"{code}\"");
    }
    out.push_str(";\n\nexport interface Failure {\n  code: Code;\n  message: string;\n  details?: unknown;\n}\n");
    out
}
