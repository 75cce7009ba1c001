//! The carrier of demos and rehearsals: takes everything, sends nothing.

use std::path::PathBuf;

use async_trait::async_trait;

use super::{
    AskError, Carrier, Content, Failure, Found, Lookup, Outcome, Outgoing, Receipt, SetupError, Stage, mask, mime,
};

/// The carrier's name, in rows too.
pub const NAME: &str = "sandbox";

/// Begins every provider id, so that nobody takes a rehearsed message for a sent one.
const PREFIX: &str = "sandbox-";

/// What the sandbox does besides accepting.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where to write each message: SMS as `.txt`, mail as `.eml`. None: nowhere.
    pub folder: Option<PathBuf>,
    /// The sender of mails where `Outgoing.from` is empty.
    pub from: String,
}

/// The carrier.
pub struct Sandbox {
    settings: Settings,
}

impl Sandbox {
    /// # Errors
    /// When the folder can't be made.
    pub fn new(settings: Settings) -> Result<Self, SetupError> {
        if let Some(folder) = &settings.folder {
            std::fs::create_dir_all(folder).map_err(|error| SetupError::setting("sandbox folder", error))?;
        }
        Ok(Self { settings })
    }

    /// Writes the message to the folder, if there is one. All attempts of a message share one file.
    async fn write(&self, outgoing: &Outgoing) -> Result<(), Outcome> {
        let Some(folder) = &self.settings.folder else {
            return Ok(());
        };
        let (ending, bytes) = match &outgoing.content {
            Content::Sms { text } => ("txt", sms(outgoing, text).into_bytes()),
            Content::Email(mail) => (
                "eml",
                mime::build(outgoing, mail, &self.settings.from)?.message.formatted(),
            ),
        };
        let path = folder.join(format!("{}.{ending}", file_name(&outgoing.message_id)));
        tokio::fs::write(path, bytes).await.map_err(|error| Outcome::Retry {
            after: None,
            limit: None,
            whole_sender: true,
            failure: Failure {
                code: None,
                text: mask::line(&format!("the sandbox folder: {error}")),
            },
        })
    }
}

fn sms(outgoing: &Outgoing, text: &str) -> String {
    let Outgoing {
        message_id,
        from,
        to,
        now,
        ..
    } = outgoing;
    format!("To: {to}\nFrom: {from}\nDate: {now}\nMessage: {message_id}\n\n{text}\n")
}

/// An id as a file name that can't leave the folder.
fn file_name(id: &str) -> String {
    id.chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect()
}

#[async_trait]
impl Carrier for Sandbox {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn send(&self, outgoing: &Outgoing) -> Outcome {
        match self.write(outgoing).await {
            Ok(()) => Outcome::Accepted {
                provider_id: format!("{PREFIX}{}", outgoing.attempt_id),
            },
            Err(outcome) => outcome,
        }
    }

    async fn find(&self, _lookup: &Lookup) -> Result<Vec<Found>, AskError> {
        Err(AskError::Unsupported)
    }

    async fn receipt(&self, provider_id: &str) -> Result<Option<Receipt>, AskError> {
        let delivered = Receipt {
            status: "delivered".to_owned(),
            stage: Stage::Final,
            failure: None,
        };
        Ok(provider_id.starts_with(PREFIX).then_some(delivered))
    }

    async fn probe(&self) -> Result<String, AskError> {
        Ok(match &self.settings.folder {
            Some(folder) => format!("nothing is sent; messages are written to {}", folder.display()),
            None => "nothing is sent".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests;
