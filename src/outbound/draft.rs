//! Wordings that somebody is writing: checked and rendered as if they were in force, and written nowhere.

use super::text_shelf::{ShelfError, own_texts};
use crate::domain::locale::Locale;
use crate::domain::policy::OwnText;
use crate::store::Tx;
use crate::texts::{Finding, Override, Part, Place, Problem, Severity, TextError, Texts, Wrong};

/// What came of some drafts.
#[derive(Debug)]
pub struct Tried {
    /// The business's texts with those drafts that can be read.
    pub texts: Texts,
    /// By part, in the order of the drafts; nothing of a draft that says what the built-in wording says.
    pub findings: Vec<(Part, Option<Finding>)>,
    /// As they would be saved.
    pub drafts: Vec<OwnText>,
}

impl Tried {
    /// Whether they may be saved.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        let findings = self.findings.iter().filter_map(|(_, finding)| finding.as_ref());
        findings.into_iter().all(Finding::is_usable)
    }
}

/// The wording that comes with the program.
#[must_use]
pub fn built_in(template: &str, locale: Locale, part: Part) -> Option<String> {
    Some(Texts::embedded().source("", template, locale, part)?.1)
}

/// Puts drafts of a template's parts in the place of the business's own texts, and checks them.
///
/// # Errors
/// When the database fails, or a stored text can't be read.
pub async fn attempt(
    tx: &mut Tx,
    business_id: &str,
    template: &str,
    locale: Locale,
    drafts: &[(Part, String)],
) -> Result<Tried, ShelfError> {
    let mut own = own_texts(tx, business_id).await?;
    own.retain(|text| {
        let is_draft = drafts.iter().any(|(part, _)| *part == text.part);
        !(text.template == template && text.locale == locale.tag() && is_draft)
    });
    let (mut broken, mut saved) = (Vec::new(), Vec::new());
    for (part, body) in drafts {
        // Browsers send every line break as two characters.
        let body = body.replace("\r\n", "\n");
        let is_usual = built_in(template, locale, *part).is_some_and(|usual| usual.trim() == body.trim());
        saved.push(OwnText {
            template: template.to_owned(),
            locale: locale.tag().to_owned(),
            part: part.to_string(),
            body: (!is_usual).then(|| body.clone()),
        });
        if is_usual {
            continue;
        }
        let text = Override {
            business_id: business_id.to_owned(),
            template: template.to_owned(),
            locale: locale.tag().to_owned(),
            part: *part,
            body,
        };
        match Texts::with_overrides(vec![text.clone()]) {
            Ok(_) => own.push(text),
            Err(error) => broken.push((*part, unreadable(business_id, template, locale, *part, error))),
        }
    }
    let texts = Texts::with_overrides(own)?;
    let finding = |part: Part, saved: &OwnText| {
        saved.body.as_ref()?;
        let unreadable = broken.iter().find(|(broken, _)| *broken == part);
        let place = || place(business_id, template, locale, part);
        Some(unreadable.map_or_else(|| texts.check_one(&place()), |(_, finding)| finding.clone()))
    };
    let findings = drafts
        .iter()
        .zip(&saved)
        .map(|((part, _), saved)| (*part, finding(*part, saved)))
        .collect();
    Ok(Tried {
        findings,
        drafts: saved,
        texts,
    })
}

fn place(business_id: &str, template: &str, locale: Locale, part: Part) -> Place {
    Place {
        business: Some(business_id.to_owned()),
        template: template.to_owned(),
        locale: locale.tag().to_owned(),
        part,
    }
}

/// What is said of a text that can't even be parsed.
fn unreadable(business_id: &str, template: &str, locale: Locale, part: Part, error: TextError) -> Finding {
    let wrong = match error {
        TextError::Syntax { line, problem, .. } => Wrong::Line { line, problem },
        error => Wrong::Other(error.to_string()),
    };
    Finding {
        place: place(business_id, template, locale, part),
        length: 0,
        usual: None,
        worst: None,
        example: String::new(),
        problems: vec![Problem {
            severity: Severity::Error,
            text: wrong.to_string(),
            wrong,
        }],
    }
}
