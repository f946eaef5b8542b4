//! What a text of the sources is when the office runs: constants and names are followed, `format!` and `replace` carried out, every
//! arm of a `match` taken, and a parameter is whatever any caller hands over. What depends on the records or their declarations is
//! not known.

use super::sources::{Body, Call, Function, Kind, Sources, Spot, name_of};
use std::rc::Rc;
use syn::punctuated::Punctuated;
use syn::{Expr, Lit, Macro, Pat, Path, Stmt, Token};

/// Names that follow names; more is a circle.
const DEEPEST: u8 = 24;

/// Why a text is not known: it is made at run time, or depends on who calls.
enum Unknown {
    Made,
    ByTheCall,
}

type Texts = Result<Vec<String>, Unknown>;

/// Where a text stands, and by which calls one gets there.
#[derive(Clone)]
struct Scope {
    at: Spot,
    caller: Option<Rc<Caller>>,
}

struct Caller {
    args: Vec<&'static Expr>,
    scope: Scope,
}

impl Scope {
    fn outermost(&self) -> usize {
        self.caller.as_ref().map_or(self.at.function, |caller| caller.scope.outermost())
    }

    /// The same, where the outermost function is called here.
    fn called(&self, call: &Call) -> Scope {
        let caller = match &self.caller {
            Some(caller) => Caller { args: caller.args.clone(), scope: caller.scope.called(call) },
            None => Caller { args: call.args.clone(), scope: Scope { at: call.at, caller: None } },
        };
        Scope { at: self.at, caller: Some(Rc::new(caller)) }
    }
}

impl Sources {
    /// What these are together, in every way that the office may come by; `None` where that is not known.
    pub(super) fn texts(&self, exprs: &[&'static Expr], at: Spot) -> Option<Vec<Vec<String>>> {
        self.texts_in(exprs, &Scope { at, caller: None }, DEEPEST)
    }

    fn texts_in(&self, exprs: &[&'static Expr], scope: &Scope, deep: u8) -> Option<Vec<Vec<String>>> {
        let mut each = Vec::new();
        for expr in exprs {
            match self.text(expr, scope, DEEPEST) {
                Ok(texts) => each.push(texts),
                Err(Unknown::Made) => return None,
                Err(Unknown::ByTheCall) => {
                    let callers = self.callers(scope.outermost());
                    let deep = deep.checked_sub(1).filter(|_| !callers.is_empty())?;
                    let ways = callers.into_iter().map(|call| self.texts_in(exprs, &scope.called(call), deep));
                    return Some(ways.collect::<Option<Vec<_>>>()?.concat());
                }
            }
        }
        Some(together(each))
    }

    /// The calls of a function. What has its name and takes as much is taken for it, unless the file has one of its own.
    fn callers(&self, function: usize) -> Vec<&Call> {
        let called = &self.functions[function];
        let own = |call: &Call| self.functions[call.at.function].file;
        let is_of_this = |call: &&Call| {
            call.args.len() == called.params.len()
                && call.is_method == (called.kind == Kind::Method)
                && (own(call) == called.file
                    || called.kind == Kind::Method
                    || called.kind == Kind::Free && !self.has_own(own(call), called))
        };
        self.calls.get(&called.name).into_iter().flatten().filter(is_of_this).collect()
    }

    fn has_own(&self, file: usize, like: &Function) -> bool {
        self.functions.iter().any(|other| other.file == file && same_call(other, &like.name, like.params.len()))
    }

    fn text(&self, expr: &'static Expr, scope: &Scope, deep: u8) -> Texts {
        let deep = deep.checked_sub(1).ok_or(Unknown::Made)?;
        match expr {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Ok(vec![text.value()]),
                Lit::Int(number) => Ok(vec![number.base10_digits().to_owned()]),
                _ => Err(Unknown::Made),
            },
            Expr::Reference(inner) => self.text(&inner.expr, scope, deep),
            Expr::Paren(inner) => self.text(&inner.expr, scope, deep),
            Expr::Group(inner) => self.text(&inner.expr, scope, deep),
            Expr::Block(inner) => self.end(&inner.block, scope, deep),
            Expr::If(either) => {
                let mut texts = self.end(&either.then_branch, scope, deep)?;
                let (_, other) = either.else_branch.as_ref().ok_or(Unknown::Made)?;
                texts.extend(self.text(other, scope, deep)?);
                Ok(texts)
            }
            Expr::Match(arms) => {
                let each = arms.arms.iter().map(|arm| self.text(&arm.body, scope, deep));
                Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
            }
            // Goes elsewhere without a text.
            Expr::Return(_) | Expr::Continue(_) | Expr::Break(_) => Ok(Vec::new()),
            Expr::Macro(made) => self.made(&made.mac, scope, deep),
            Expr::Path(path) => self.named(&path.path, scope, deep),
            Expr::Call(call) => {
                let Expr::Path(path) = &*call.func else { return Err(Unknown::Made) };
                let function = self.called(&path.path, call.args.len(), scope).ok_or(Unknown::Made)?;
                let caller = Caller { args: call.args.iter().collect(), scope: scope.clone() };
                let at = Spot { function, names: self.functions[function].names.len() };
                let inside = Scope { at, caller: Some(Rc::new(caller)) };
                match self.functions[function].body {
                    Body::Block(block) => self.end(block, &inside, deep),
                    Body::Expr(expr) => self.text(expr, &inside, deep),
                }
            }
            Expr::MethodCall(call) => match (call.method.to_string().as_str(), call.args.len()) {
                ("to_owned" | "to_string" | "as_str" | "clone" | "into", 0) => self.text(&call.receiver, scope, deep),
                ("replace", 2) => {
                    let texts = self.all([&*call.receiver, &call.args[0], &call.args[1]], scope, deep)?;
                    Ok(texts.iter().map(|of| of[0].replace(&of[1], &of[2])).collect())
                }
                _ => Err(Unknown::Made),
            },
            _ => Err(Unknown::Made),
        }
    }

    fn all(
        &self,
        exprs: impl IntoIterator<Item = &'static Expr>,
        scope: &Scope,
        deep: u8,
    ) -> Result<Vec<Vec<String>>, Unknown> {
        let each = exprs.into_iter().map(|expr| self.text(expr, scope, deep));
        Ok(together(each.collect::<Result<_, _>>()?))
    }

    /// What a block ends with.
    fn end(&self, block: &'static syn::Block, scope: &Scope, deep: u8) -> Texts {
        match block.stmts.last() {
            Some(Stmt::Expr(expr, None)) => self.text(expr, scope, deep),
            Some(Stmt::Expr(expr @ (Expr::Return(_) | Expr::Continue(_) | Expr::Break(_)), _)) => {
                self.text(expr, scope, deep)
            }
            Some(Stmt::Macro(made)) if made.semi_token.is_none() => self.made(&made.mac, scope, deep),
            _ => Err(Unknown::Made),
        }
    }

    /// `format!` and `concat!`.
    fn made(&self, made: &'static Macro, scope: &Scope, deep: u8) -> Texts {
        let args = made.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated);
        let args: &'static [Expr] = Vec::leak(args.map_err(|_| Unknown::Made)?.into_iter().collect::<Vec<_>>());
        if made.path.is_ident("concat") {
            return Ok(self.all(args, scope, deep)?.iter().map(|parts| parts.concat()).collect());
        }
        let (Some((Expr::Lit(template), args)), true) = (args.split_first(), made.path.is_ident("format")) else {
            return Err(Unknown::Made);
        };
        let Lit::Str(template) = &template.lit else { return Err(Unknown::Made) };
        let (words, holes) = holes(&template.value()).ok_or(Unknown::Made)?;
        // One that comes twice is the same both times.
        let mut names: Vec<&String> = holes.iter().collect();
        names.sort();
        names.dedup();
        let filled: Result<Vec<_>, _> = names.iter().map(|name| self.hole(name, args, scope, deep)).collect();
        let filled = together(filled?);
        let written = |values: &Vec<String>| {
            let value =
                |hole: &String| names.iter().position(|name| *name == hole).map_or("", |at| values[at].as_str());
            let parts = words.iter().enumerate();
            parts.map(|(at, word)| word.clone() + holes.get(at).map_or("", value)).collect()
        };
        Ok(filled.iter().map(written).collect())
    }

    /// What stands in a hole of a template: an argument by its place or name, or something that has this name.
    fn hole(&self, hole: &str, args: &'static [Expr], scope: &Scope, deep: u8) -> Texts {
        if let Ok(at) = hole.parse::<usize>() {
            return self.text(args.get(at).ok_or(Unknown::Made)?, scope, deep);
        }
        let given = args.iter().find_map(|arg| match arg {
            Expr::Assign(given) => match &*given.left {
                Expr::Path(name) if name.path.is_ident(hole) => Some(&*given.right),
                _ => None,
            },
            _ => None,
        });
        match given {
            Some(given) => self.text(given, scope, deep),
            None => self.named(&syn::parse_str(hole).map_err(|_| Unknown::Made)?, scope, deep),
        }
    }

    fn named(&self, path: &Path, scope: &Scope, deep: u8) -> Texts {
        let mut place = Some(scope.at);
        while let (Some(name), Some(at)) = (path.get_ident().map(ToString::to_string), place) {
            let function = &self.functions[at.function];
            // The last one before hides those before it.
            let mut named = function.names[..at.names].iter().enumerate().rev();
            let found = named.find_map(|(names, named)| Some((names, named, route(named.pattern, &name)?)));
            if let Some((names, named, route)) = found {
                let before = Scope { at: Spot { names, ..at }, ..scope.clone() };
                let from = named.from.ok_or(Unknown::Made)?;
                let from = if named.each { self.elements(from, &before) } else { Some(vec![from]) };
                let parts =
                    from.and_then(|from| from.into_iter().map(|one| part(one, &route)).collect::<Option<Vec<_>>>());
                let texts = parts.ok_or(Unknown::Made)?.into_iter().map(|part| self.text(part, &before, deep));
                return Ok(texts.collect::<Result<Vec<_>, _>>()?.concat());
            }
            let mut params = function.params.iter().enumerate();
            let param = params.find_map(|(at, param)| Some((at, route(param, &name)?)));
            if let Some((param, route)) = param {
                if at.function != scope.at.function {
                    return Err(Unknown::Made);
                }
                let Some(caller) = &scope.caller else { return Err(Unknown::ByTheCall) };
                let given = part(caller.args[param], &route).ok_or(Unknown::Made)?;
                return self.text(given, &caller.scope, deep);
            }
            place = function.around.filter(|_| function.kind == Kind::Closure);
        }
        let constants = self.constants(path, self.functions[scope.at.function].file);
        if constants.is_empty() {
            return Err(Unknown::Made);
        }
        Ok(constants.into_iter().map(|expr| self.text(expr, scope, deep)).collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// The constants that a path may mean in a file: its own, else the one that there is, else the one of the module that it names.
    fn constants(&self, path: &Path, file: usize) -> Vec<&'static Expr> {
        let name = path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        let all = self.consts.get(&name).map_or(&[][..], Vec::as_slice);
        let own: Vec<_> = all.iter().filter(|(of, _)| *of == file).map(|(_, expr)| *expr).collect();
        if path.get_ident().is_some() && !own.is_empty() {
            return own;
        }
        if let [(_, only)] = all {
            return vec![*only];
        }
        let module = path.segments.iter().rev().nth(1).map(|module| module.ident.to_string()).unwrap_or_default();
        all.iter().filter(|(of, _)| self.is_module(*of, &module)).map(|(_, expr)| *expr).collect()
    }

    fn is_module(&self, file: usize, module: &str) -> bool {
        let name = self.files[file].trim_end_matches(".rs").trim_end_matches("/mod");
        name.rsplit('/').next() == Some(module)
    }

    fn called(&self, path: &Path, args: usize, scope: &Scope) -> Option<usize> {
        let name = path.segments.last()?.ident.to_string();
        let file = self.functions[scope.at.function].file;
        let all = || self.functions.iter().enumerate().filter(|(_, function)| same_call(function, &name, args));
        let one = |found: Vec<usize>| if let [only] = found[..] { Some(only) } else { None };
        let own = all().filter(|(_, function)| function.file == file).map(|(at, _)| at).collect();
        let module = path.segments.iter().rev().nth(1).map(|module| module.ident.to_string());
        match module {
            None => one(own).or_else(|| one(all().map(|(at, _)| at).collect())),
            Some(module) => one(all().filter(|(_, of)| self.is_module(of.file, &module)).map(|(at, _)| at).collect()),
        }
    }

    /// What a list has, one by one.
    fn elements(&self, list: &'static Expr, scope: &Scope) -> Option<Vec<&'static Expr>> {
        match list {
            Expr::Array(array) => Some(array.elems.iter().collect()),
            Expr::Reference(inner) => self.elements(&inner.expr, scope),
            Expr::Paren(inner) => self.elements(&inner.expr, scope),
            Expr::MethodCall(call) if call.method == "iter" || call.method == "into_iter" => {
                self.elements(&call.receiver, scope)
            }
            Expr::Path(path) => match self.constants(&path.path, self.functions[scope.at.function].file)[..] {
                [only] => self.elements(only, scope),
                _ => None,
            },
            _ => None,
        }
    }
}

fn same_call(function: &Function, name: &str, args: usize) -> bool {
    function.kind != Kind::Method && function.name == name && function.params.len() == args
}

/// Every choice of one of each.
fn together(each: Vec<Vec<String>>) -> Vec<Vec<String>> {
    each.into_iter().fold(vec![Vec::new()], |before, texts| {
        before
            .iter()
            .flat_map(|so_far| texts.iter().map(|text| [so_far.as_slice(), std::slice::from_ref(text)].concat()))
            .collect()
    })
}

/// Where in a pattern a name is: the places in tuples to go through.
fn route(pattern: &Pat, name: &str) -> Option<Vec<usize>> {
    match pattern {
        Pat::Tuple(tuple) => tuple.elems.iter().enumerate().find_map(|(at, element)| {
            let rest = route(element, name)?;
            Some([vec![at], rest].concat())
        }),
        Pat::Type(typed) => route(&typed.pat, name),
        Pat::Reference(reference) => route(&reference.pat, name),
        pattern => (name_of(pattern)? == name).then(Vec::new),
    }
}

/// What is there.
fn part(expr: &'static Expr, route: &[usize]) -> Option<&'static Expr> {
    let Some((first, rest)) = route.split_first() else { return Some(expr) };
    match expr {
        Expr::Tuple(tuple) => part(tuple.elems.iter().nth(*first)?, rest),
        Expr::Reference(inner) => part(&inner.expr, route),
        Expr::Paren(inner) => part(&inner.expr, route),
        _ => None,
    }
}

/// The words of a template and the names of the holes between them; `None` for one that is filled in some other way than as it is.
fn holes(template: &str) -> Option<(Vec<String>, Vec<String>)> {
    let (mut words, mut holes, mut nameless) = (vec![String::new()], Vec::new(), 0);
    let mut letters = template.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '{' if letters.next_if_eq(&'{').is_none() => {
                let mut hole: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                if hole.contains(':') {
                    return None;
                }
                if hole.is_empty() {
                    hole = nameless.to_string();
                    nameless += 1;
                }
                holes.push(hole);
                words.push(String::new());
            }
            '}' if letters.next_if_eq(&'}').is_none() => return None,
            letter => words.last_mut()?.push(letter),
        }
    }
    Some((words, holes))
}
