//! Every route that the router serves, read from the sources that build it: what is added there is tried here.

use std::fs;
use std::path::{Path, PathBuf};

/// A path as the router has it, and how it may be asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    pub path: String,
    pub methods: Vec<&'static str>,
}

impl Route {
    pub fn takes(&self, method: &str) -> bool {
        self.methods.contains(&method)
    }

    /// Whether the path carries something of a value: what stands in braces.
    pub fn names_something(&self) -> bool {
        self.path.contains('{')
    }

    /// The path with that in place of whatever stands in braces.
    pub fn of(&self, value: &str) -> String {
        let parts = self
            .path
            .split('/')
            .map(|part| if part.starts_with('{') { value } else { part });
        parts.collect::<Vec<_>>().join("/")
    }
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What stands between an opened bracket and the one that closes it.
fn within(text: &str) -> &str {
    let mut depth = 1;
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[..at];
        }
    }
    panic!("a bracket is not closed: {text}");
}

/// In the order of their paths.
pub fn all() -> Vec<Route> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web"), &mut files);
    let mut routes = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        for other in [".nest(", ".nest_service(", ".route_service(", "MethodRouter"] {
            assert!(
                !text.contains(other),
                "{}: routes by {other} are not seen here",
                file.display()
            );
        }
        for rest in text.split(".route(").skip(1) {
            let route = within(rest);
            let path = route.split('"').nth(1).expect("a path").to_owned();
            let methods = ["get", "post", "put", "patch", "delete", "any"];
            let methods: Vec<_> = methods
                .into_iter()
                .filter(|method| route.contains(&format!("{method}(")))
                .collect();
            assert!(!methods.is_empty(), "{path}: how is it asked for?");
            routes.push(Route { path, methods });
        }
    }
    routes.sort();
    routes
}

#[test]
fn the_routes_are_found() {
    let all = all();
    let has = |path: &str, method: &str| all.iter().any(|route| route.path == path && route.takes(method));
    for (path, method) in [
        ("/", "get"),
        ("/customers", "post"),
        ("/import", "get"),
        ("/import", "post"),
        ("/sign-in", "post"),
        ("/r/{token}", "get"),
        ("/api/v1/imports/{kind}", "post"),
        ("/webhooks/twilio/message", "post"),
        ("/bookings/{id}/undo", "post"),
    ] {
        assert!(has(path, method), "{method} {path}");
    }
    assert!(all.len() > 80, "{}", all.len());
    let only = |route: &&Route| {
        route
            .methods
            .iter()
            .all(|method| ["get", "post", "any"].contains(method))
    };
    assert_eq!(
        all.iter().filter(only).count(),
        all.len(),
        "a method that is not tried here"
    );
}
