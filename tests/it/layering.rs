//! Who may import whom (docs/architecture.md), how long a file may be, and that the documents name files that exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder`.
fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty());
    found
}

/// Every Rust file below `folder`, as (path from the root with `/`, text).
fn sources(folder: &str) -> Vec<(String, String)> {
    let rust = files(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let source = |path: PathBuf| {
        let name = path.strip_prefix(root()).expect("below the root").to_string_lossy();
        (name.replace('\\', "/"), fs::read_to_string(&path).expect("text"))
    };
    rust.map(source).collect()
}

/// The text without comments: a rule is broken by code only.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// The modules of ours that a file names: what follows `crate::`, also inside braces.
fn ours(code: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .map(str::trim)
                .collect(),
            None => vec![rest],
        };
        modules.extend(names.iter().map(|name| {
            name.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        }));
    }
    modules
}

#[test]
fn a_module_imports_only_what_lies_further_in() {
    let allowed: [(&str, &[&str]); 7] = [
        ("src/domain", &["domain"]),
        ("src/texts", &["domain", "texts"]),
        ("src/store", &["domain", "store"]),
        ("src/carrier", &["domain", "carrier"]),
        (
            "src/outbound",
            &[
                "domain",
                "store",
                "carrier",
                "texts",
                "clock",
                "outbound",
                "inbound",
                "telemetry",
            ],
        ),
        (
            "src/inbound",
            &[
                "domain",
                "store",
                "carrier",
                "texts",
                "clock",
                "outbound",
                "inbound",
                "telemetry",
            ],
        ),
        (
            "src/web",
            &[
                "domain",
                "store",
                "carrier",
                "texts",
                "clock",
                "outbound",
                "inbound",
                "telemetry",
                "app",
                "web",
            ],
        ),
    ];
    for (folder, allowed) in allowed {
        for (name, text) in sources(folder) {
            for module in ours(&code(&text)).iter().filter(|module| !module.is_empty()) {
                assert!(
                    allowed.contains(&module.as_str()),
                    "{name} imports crate::{module}; {folder} may import {allowed:?}"
                );
            }
        }
    }
}

#[test]
fn a_library_is_used_only_where_it_belongs() {
    let homes: [(&str, &[&str]); 9] = [
        ("sqlx::", &["src/store/"]),
        ("axum::", &["src/web/", "src/cli/serve.rs"]),
        ("reqwest::", &["src/carrier/", "src/outbound/import/"]),
        ("lettre::", &["src/carrier/"]),
        ("Utc::now", &["src/clock.rs"]),
        ("Local::now", &["src/clock.rs"]),
        ("SystemTime::now", &["src/clock.rs"]),
        ("Timestamp::now", &["src/clock.rs"]),
        ("anyhow::", &["src/cli/", "src/main.rs"]),
    ];
    for (name, text) in sources("src") {
        let code = code(&text);
        for (library, homes) in homes {
            let at_home = homes.iter().any(|home| name.starts_with(home));
            assert!(
                at_home || !code.contains(library),
                "{name} uses {library} which belongs into {homes:?}"
            );
        }
    }
}

#[test]
fn the_domain_is_pure() {
    for (name, text) in sources("src/domain") {
        let code = code(&text);
        for word in ["async ", ".await", "tokio::", "std::fs::File", "std::env"] {
            assert!(!code.contains(word), "{name} has `{word}`");
        }
    }
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    for folder in ["src", "tests"] {
        for (name, text) in sources(folder) {
            let lines = text.lines().count();
            assert!(lines <= 500, "{name} has {lines} lines: split it");
        }
    }
}

#[test]
fn every_file_that_the_documents_name_exists() {
    for document in documents() {
        let text = fs::read_to_string(&document).expect("text");
        for named in text.split('`').skip(1).step_by(2).filter(|named| names_a_file(named)) {
            assert!(
                root().join(named).exists(),
                "{} names `{named}`, which is not there",
                document.display()
            );
        }
    }
}

/// Where a document leads to: the targets of its links and pictures that lie in the repository, without what follows `#`.
fn links(document: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(document).expect("text");
    let folder = document.parent().expect("a folder");
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let ours = targets
        .filter(|target| !target.contains("://") && !target.starts_with(['#']) && !target.starts_with("mailto:"));
    ours.map(|target| folder.join(target.split('#').next().unwrap_or_default()))
        .collect()
}

#[test]
fn every_link_of_the_documents_leads_to_a_file() {
    for document in documents() {
        for target in links(&document) {
            assert!(
                target.exists(),
                "{} links {}, which is not there",
                document.display(),
                target.display()
            );
        }
    }
}

#[test]
fn every_document_is_found_from_the_readme() {
    let readme = root().join("README.md");
    let mut found = vec![readme.clone()];
    let mut open = vec![readme];
    while let Some(document) = open.pop() {
        for target in links(&document) {
            let target = target.canonicalize().unwrap_or(target);
            if target.extension().is_some_and(|extension| extension == "md") && !found.contains(&target) {
                found.push(target.clone());
                open.push(target);
            }
        }
    }
    for document in documents() {
        let document = document.canonicalize().expect("a file");
        let is_found = found
            .iter()
            .any(|known| known.canonicalize().is_ok_and(|known| known == document));
        assert!(
            is_found,
            "{} is linked from nowhere that the README leads to",
            document.display()
        );
    }
}

fn documents() -> Vec<PathBuf> {
    let docs = fs::read_dir(root().join("docs"))
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let markdown = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let readme = root().join("README.md");
    docs.filter(markdown).chain(readme.exists().then_some(readme)).collect()
}

/// A path below one of our folders: no pattern, no placeholder, no command line.
fn names_a_file(text: &str) -> bool {
    let ours = [
        "src/",
        "tests/",
        "docs/",
        "templates/",
        "migrations/",
        "examples/",
        "benches/",
        ".ci/",
    ];
    ours.iter().any(|folder| text.starts_with(folder))
        && Path::new(text).components().count() > 1
        && !text.contains(['*', '{', '<', ' ', '…', '$'])
}

/// What was read while this was made is not part of it: whoever reads a comment must be able to look up what it cites.
#[test]
fn no_file_cites_a_document_that_is_not_here() {
    let folders = [
        "src",
        "tests",
        "docs",
        "templates",
        "migrations",
        "examples",
        "benches",
        ".ci",
    ];
    let mut files: Vec<PathBuf> = folders.iter().flat_map(|folder| files(folder)).collect();
    let top = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Cargo.toml", "justfile"];
    files.extend(top.iter().map(|name| root().join(name)));
    for file in files {
        // Pictures and weights cite nothing.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        for cited in ["FACTS", "DESIGN", "STYLE"] {
            let is_cited = text
                .split(cited)
                .skip(1)
                .any(|rest| rest.starts_with(".md") || rest.trim_start().starts_with(|c: char| c.is_ascii_digit()));
            assert!(!is_cited, "{} cites {cited}", file.display());
        }
    }
}
