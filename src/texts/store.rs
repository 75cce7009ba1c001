//! The texts themselves: embedded ones and a business's own, parsed once, and which of them wins.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use include_dir::{Dir, include_dir};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, filters, tests as conditions};

use super::catalogue::{self, Item, Part, TEMPLATES, Template};
use super::error::{Place, TextError};
use super::facts::names;
use crate::domain::locale::Locale;

static FOLDER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates/messages");
static EMBEDDED: LazyLock<Texts> = LazyLock::new(Texts::load);

pub(super) const LAYOUT: &str = "layout.html";

/// A business's own wording of one part of one template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    pub business_id: String,
    pub template: String,
    /// A language (`de`) or a tag (`de-AT`).
    pub locale: String,
    pub part: Part,
    pub body: String,
}

/// All texts, ready to render. Cheap to clone and to share between tasks.
#[derive(Clone, Debug)]
pub struct Texts {
    pub(super) inner: Arc<Inner>,
}

#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) env: Environment<'static>,
    /// Names in `env` of all texts, so that looking for one that isn't there costs no error.
    known: HashSet<String>,
    /// Businesses with texts of their own.
    owners: HashSet<String>,
    /// Every text, in the order in which `check` reports them.
    pub(super) places: Vec<Place>,
    /// Embedded texts that can't be parsed: none in a build that passed its tests.
    pub(super) broken: Vec<TextError>,
}

impl Texts {
    /// The texts that come with the program.
    #[must_use]
    pub fn embedded() -> Self {
        EMBEDDED.clone()
    }

    /// The embedded texts, and the businesses' own, which win over them.
    ///
    /// # Errors
    /// `TextError` for a template, part or locale that doesn't exist, and for a syntax error, with its line.
    pub fn with_overrides(overrides: Vec<Override>) -> Result<Self, TextError> {
        let mut inner = Inner::clone(&EMBEDDED.inner);
        for own in overrides {
            inner.add_own(own)?;
        }
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Every declared template.
    #[must_use]
    pub fn templates() -> &'static [Template] {
        TEMPLATES
    }

    /// Whether there is such a template and it has this part.
    #[must_use]
    pub fn has_part(template: &str, part: Part) -> bool {
        catalogue::find(template).is_some_and(|template| template.parts.contains(&part))
    }

    /// Whether this template's text message carries the customer's link even where it can be answered.
    #[must_use]
    pub fn links_in_sms(template: &str) -> bool {
        catalogue::find(template).is_some_and(|template| template.links_in_sms)
    }

    /// The names that a text about this kind of item may use between `{{` and `}}`.
    pub fn names(item: Item) -> impl Iterator<Item = &'static str> {
        names(item)
    }

    /// The source of the text that a business uses for this locale, and where it is kept.
    #[must_use]
    pub fn source(&self, business: &str, template: &str, locale: Locale, part: Part) -> Option<(Place, String)> {
        let found = self.inner.resolve(business, template, &locale, part)?;
        let source = self.inner.env.get_template(&found.name).ok()?.source().to_owned();
        Some((found.place(template, part), source))
    }

    fn load() -> Self {
        let mut inner = Inner {
            env: environment(),
            known: HashSet::new(),
            owners: HashSet::new(),
            places: Vec::new(),
            broken: Vec::new(),
        };
        for (place, source) in embedded() {
            if let Err(error) = inner.add(place, source) {
                inner.broken.push(error);
            }
        }
        let layout = FOLDER
            .get_file(LAYOUT)
            .and_then(|file| file.contents_utf8())
            .unwrap_or_default();
        if let Err(error) = inner.env.add_template(LAYOUT, layout) {
            inner
                .broken
                .push(syntax(place(None, "layout", "any", Part::Body), &error));
        }
        Self { inner: Arc::new(inner) }
    }
}

/// The text that is used, and the tag under which it is kept.
pub(super) struct Found<'a> {
    pub(super) name: String,
    business: Option<&'a str>,
    tag: &'a str,
}

impl Found<'_> {
    /// The frame of every mail's HTML part.
    pub(super) fn layout() -> Self {
        Self {
            name: LAYOUT.to_owned(),
            business: None,
            tag: "any",
        }
    }

    pub(super) fn place(&self, template: &str, part: Part) -> Place {
        place(self.business, template, self.tag, part)
    }
}

impl Inner {
    /// The business's own text before the embedded one, the region before the language.
    pub(super) fn resolve<'a>(
        &self,
        business: &'a str,
        template: &str,
        locale: &'a Locale,
        part: Part,
    ) -> Option<Found<'a>> {
        let own = self.owners.contains(business).then_some(Some(business));
        let tags = [locale.tag(), locale.language()];
        for business in own.into_iter().chain([None]) {
            for (at, tag) in tags.into_iter().enumerate() {
                if at > 0 && tag == tags[0] {
                    continue;
                }
                let name = name(business, template, tag, part);
                if self.known.contains(&name) {
                    return Some(Found { name, business, tag });
                }
            }
        }
        None
    }

    fn add_own(&mut self, own: Override) -> Result<(), TextError> {
        let Override {
            business_id,
            template,
            locale,
            part,
            body,
        } = own;
        if catalogue::find(&template).is_none() {
            return Err(TextError::UnknownTemplate(template));
        }
        if !Texts::has_part(&template, part) {
            return Err(TextError::NoPart { template, part });
        }
        let locale = Locale::parse(&locale).map_err(|error| TextError::Locale {
            business: business_id.clone(),
            template: template.clone(),
            problem: error.to_string(),
        })?;
        self.owners.insert(business_id.clone());
        self.add(place(Some(&business_id), &template, locale.tag(), part), body)
    }

    fn add(&mut self, place: Place, source: String) -> Result<(), TextError> {
        let name = name(place.business.as_deref(), &place.template, &place.locale, place.part);
        if let Err(error) = self.env.add_template_owned(name.clone(), source) {
            return Err(syntax(place, &error));
        }
        if self.known.insert(name) {
            self.places.push(place);
        }
        Ok(())
    }
}

/// The embedded texts of the declared templates, template by template.
fn embedded() -> impl Iterator<Item = (Place, String)> {
    TEMPLATES.iter().flat_map(|template| {
        let locales = FOLDER.get_dir(template.name).map(Dir::dirs).into_iter().flatten();
        locales.flat_map(move |dir| {
            let locale = dir
                .path()
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            template.parts.iter().filter_map(move |part| {
                let file = dir.get_file(dir.path().join(format!("{part}.txt")))?;
                Some((
                    place(None, template.name, locale, *part),
                    file.contents_utf8()?.to_owned(),
                ))
            })
        })
    })
}

fn place(business: Option<&str>, template: &str, locale: &str, part: Part) -> Place {
    Place {
        business: business.map(str::to_owned),
        template: template.to_owned(),
        locale: locale.to_owned(),
        part,
    }
}

/// The business comes last: whatever its id contains, the name stays unambiguous.
fn name(business: Option<&str>, template: &str, locale: &str, part: Part) -> String {
    let part = part.as_str();
    match business {
        Some(business) => format!("{template}/{locale}/{part}.txt@{business}"),
        None => format!("{template}/{locale}/{part}.txt"),
    }
}

fn syntax(place: Place, error: &minijinja::Error) -> TextError {
    let problem = format!(
        "{}; texts use {{{{ name }}}} and {{% if name %}} ... {{% endif %}}",
        plain(error)
    );
    TextError::Syntax {
        place,
        line: error.line().unwrap_or(1),
        problem,
    }
}

/// What the engine says, without its own idea of file and line.
pub(super) fn plain(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

/// An engine with only what a text needs. Texts come from many businesses, so no text can include another one
/// and nothing can loop over a made-up range.
fn environment() -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|name| {
        if name == LAYOUT {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    env.set_path_join_callback(|_, _| "(texts can't include other texts)".into());
    env.set_recursion_limit(50);
    // Loops within loops end: no text of ours takes a hundredth of it.
    env.set_fuel(Some(20_000));
    env.set_debug(false);
    env.add_filter("upper", filters::upper);
    env.add_filter("lower", filters::lower);
    env.add_filter("capitalize", filters::capitalize);
    env.add_filter("replace", filters::replace);
    env.add_filter("trim", filters::trim);
    env.add_filter("default", filters::default);
    env.add_filter("length", filters::length);
    env.add_test("defined", conditions::is_defined);
    env
}

#[cfg(test)]
mod tests;
