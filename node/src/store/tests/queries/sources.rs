//! The office's sources as what asks SQLite: every call that hands a text over, and the constants, functions and names that texts are
//! put together from. Read by the compiler's own grammar; tests are left out.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ExprCall, ExprClosure, ExprMethodCall, FnArg, Pat, Signature, Token};

/// What takes SQL as its first argument, and how many arguments it takes then: statements have methods of the same names.
const ASKING: [(&str, usize); 8] = [
    ("prepare", 1),
    ("prepare_cached", 1),
    ("prepare_with_flags", 2),
    ("execute_batch", 1),
    ("execute", 2),
    ("query_row", 3),
    ("query_one", 3),
    ("query_row_and_then", 3),
];

/// A function, a method, or a closure that has a name.
pub(super) struct Function {
    pub(super) file: usize,
    pub(super) name: String,
    pub(super) kind: Kind,
    /// The function around it, and how many names that one had by then.
    pub(super) around: Option<Spot>,
    /// Without `self`.
    pub(super) params: Vec<&'static Pat>,
    pub(super) body: Body,
    /// What else has a name in it, in order.
    pub(super) names: Vec<Named>,
}

/// Somewhere in a function: behind so many of its names.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) function: usize,
    pub(super) names: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Free,
    Method,
    Closure,
}

#[derive(Clone, Copy)]
pub(super) enum Body {
    Block(&'static Block),
    Expr(&'static Expr),
}

/// A name and where its value comes from.
pub(super) struct Named {
    pub(super) pattern: &'static Pat,
    /// None for what a closure without a name is handed.
    pub(super) from: Option<&'static Expr>,
    /// One of a list, as in `for`.
    pub(super) each: bool,
}

/// A call, and where.
pub(super) struct Call {
    pub(super) at: Spot,
    pub(super) is_method: bool,
    pub(super) args: Vec<&'static Expr>,
}

/// Where SQL is handed over.
pub(super) struct Asked {
    pub(super) at: Spot,
    pub(super) sql: &'static Expr,
}

#[derive(Default)]
pub(super) struct Sources {
    pub(super) files: Vec<String>,
    pub(super) consts: HashMap<String, Vec<(usize, &'static Expr)>>,
    pub(super) functions: Vec<Function>,
    pub(super) calls: HashMap<String, Vec<Call>>,
    pub(super) asked: Vec<Asked>,
    /// Macros whose arguments are no expressions although they ask.
    pub(super) unreadable: Vec<String>,
    /// The functions around what is read at the moment.
    around: Vec<usize>,
}

impl Sources {
    /// The sources in a folder, by their paths below it.
    pub(super) fn read(root: &Path) -> Sources {
        let (mut sources, mut folders) = (Sources::default(), vec![root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder of sources") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(root).expect("a source").to_string_lossy().replace('\\', "/");
                if path.is_dir() {
                    folders.push(path);
                } else if name.ends_with(".rs") && !is_test(&name) {
                    sources.add(&name, &fs::read_to_string(&path).expect("a source"));
                }
            }
        }
        sources
    }

    /// Reads one file. What is read stays for as long as the test runs.
    pub(super) fn add(&mut self, name: &str, text: &str) {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        self.files.push(name.to_owned());
        self.visit_file(Box::leak(Box::new(file)));
    }

    /// The file and the name of a function; of a closure, of the function around it.
    pub(super) fn place(&self, at: Spot) -> (&str, &str) {
        let mut function = &self.functions[at.function];
        while let (Kind::Closure, Some(around)) = (function.kind, function.around) {
            function = &self.functions[around.function];
        }
        (&self.files[function.file], &function.name)
    }

    fn here(&self) -> Option<Spot> {
        self.around.last().map(|function| Spot { function: *function, names: self.functions[*function].names.len() })
    }

    fn within(&mut self, function: Function, inside: impl FnOnce(&mut Self)) {
        self.functions.push(function);
        self.around.push(self.functions.len() - 1);
        inside(self);
        self.around.pop();
    }

    fn function(&mut self, signature: &'static Signature, block: &'static Block) {
        let params = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(&*typed.pat),
            FnArg::Receiver(_) => None,
        });
        let kind = if signature.receiver().is_some() { Kind::Method } else { Kind::Free };
        let function = self.function_of(signature.ident.to_string(), params.collect(), Body::Block(block), kind);
        self.within(function, |sources| visit::visit_block(sources, block));
    }

    fn function_of(&self, name: String, params: Vec<&'static Pat>, body: Body, kind: Kind) -> Function {
        let around = self.here();
        Function { file: self.files.len() - 1, name, kind, around, params, body, names: Vec::new() }
    }

    fn name(&mut self, pattern: &'static Pat, from: Option<&'static Expr>, each: bool) {
        if let Some(function) = self.around.last() {
            self.functions[*function].names.push(Named { pattern, from, each });
        }
    }

    fn note_call(&mut self, name: String, is_method: bool, args: Vec<&'static Expr>) {
        let Some(at) = self.here() else { return };
        if is_method && ASKING.contains(&(name.as_str(), args.len())) {
            self.asked.push(Asked { at, sql: args[0] });
        }
        self.calls.entry(name).or_default().push(Call { at, is_method, args });
    }
}

fn is_test(name: &str) -> bool {
    name.split('/').any(|part| part == "tests") || name.ends_with("tests.rs")
}

fn of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Path>().is_ok_and(|condition| condition.is_ident("test"))
    })
}

impl Visit<'static> for Sources {
    fn visit_item_mod(&mut self, item: &'static syn::ItemMod) {
        if !of_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_const(&mut self, item: &'static syn::ItemConst) {
        let file = self.files.len() - 1;
        self.consts.entry(item.ident.to_string()).or_default().push((file, &item.expr));
    }

    fn visit_item_fn(&mut self, item: &'static syn::ItemFn) {
        if !of_tests(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'static syn::ImplItemFn) {
        if !of_tests(&item.attrs) {
            self.function(&item.sig, &item.block);
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'static syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
    }

    fn visit_local(&mut self, local: &'static syn::Local) {
        let Some(init) = &local.init else { return };
        match (&*init.expr, name_of(&local.pat)) {
            (Expr::Closure(closure), Some(name)) => {
                let params = closure.inputs.iter().collect();
                let function = self.function_of(name, params, Body::Expr(&closure.body), Kind::Closure);
                self.within(function, |sources| sources.visit_expr(&closure.body));
            }
            _ => {
                visit::visit_local(self, local);
                self.name(&local.pat, Some(&init.expr), false);
            }
        }
    }

    fn visit_expr_closure(&mut self, closure: &'static ExprClosure) {
        closure.inputs.iter().for_each(|input| self.name(input, None, false));
        self.visit_expr(&closure.body);
    }

    fn visit_expr_for_loop(&mut self, each: &'static syn::ExprForLoop) {
        self.visit_expr(&each.expr);
        self.name(&each.pat, Some(&each.expr), true);
        self.visit_block(&each.body);
    }

    fn visit_expr_call(&mut self, call: &'static ExprCall) {
        if let Expr::Path(path) = &*call.func
            && let Some(last) = path.path.segments.last()
        {
            self.note_call(last.ident.to_string(), false, call.args.iter().collect());
        }
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'static ExprMethodCall) {
        self.note_call(call.method.to_string(), true, call.args.iter().collect());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, mac: &'static syn::Macro) {
        match mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            Ok(args) => Box::leak(Box::new(args)).iter().for_each(|arg| self.visit_expr(arg)),
            Err(_) => {
                let text: String = mac.tokens.to_string().split_whitespace().collect();
                if ASKING.iter().any(|(name, _)| text.contains(&format!(".{name}("))) {
                    self.unreadable.push(self.files.last().cloned().unwrap_or_default());
                }
            }
        }
    }
}

/// The name that a pattern gives, where it is one name.
pub(super) fn name_of(pattern: &Pat) -> Option<String> {
    match pattern {
        Pat::Ident(ident) => Some(ident.ident.to_string()),
        Pat::Type(typed) => name_of(&typed.pat),
        Pat::Reference(reference) => name_of(&reference.pat),
        _ => None,
    }
}
