//! What Twilio's published `OpenAPI` description demands of a request (twilio/twilio-oai, `twilio_api_v2010`, release
//! 2.6.7): names of parameters, and the formats of those that we use.

use super::twilio_server::Recorded;

/// Every form parameter of `CreateMessage`.
const CREATE: &[&str] = &[
    "To",
    "From",
    "MessagingServiceSid",
    "Body",
    "StatusCallback",
    "ApplicationSid",
    "MaxPrice",
    "ProvideFeedback",
    "Attempt",
    "ValidityPeriod",
    "ForceDelivery",
    "ContentRetention",
    "AddressRetention",
    "SmartEncoded",
    "PersistentAction",
    "TrafficType",
    "ShortenUrls",
    "ScheduleType",
    "SendAt",
    "SendAsMms",
    "ContentVariables",
    "RiskCheck",
    "FallbackFrom",
    "MediaUrl",
    "ContentSid",
];
/// Every query parameter of `ListMessage`.
const LIST: &[&str] = &[
    "To",
    "From",
    "DateSent",
    "DateSent<",
    "DateSent>",
    "PageSize",
    "Page",
    "PageToken",
];

/// Says what the description forbids in this request, or nothing.
pub fn check(request: &Recorded) -> Result<(), String> {
    if !request.authorized {
        return Err("no Basic authentication".to_owned());
    }
    let allowed = if request.method == "POST" { CREATE } else { LIST };
    for (name, _) in &request.pairs {
        if !allowed.contains(&name.as_str()) {
            return Err(format!("{} has no parameter {name}", request.method));
        }
        if request.all(name).len() > 1 && !matches!(name.as_str(), "MediaUrl" | "PersistentAction") {
            return Err(format!("{name} is given twice"));
        }
    }
    if request.method == "POST" {
        create(request)
    } else {
        list(request)
    }
}

fn create(request: &Recorded) -> Result<(), String> {
    let form = "application/x-www-form-urlencoded";
    demand(request.content_type == form, "the body is a form")?;
    demand(
        request.one("To").is_some_and(address),
        "To is a phone number or channel address",
    )?;
    let (from, service) = (request.one("From"), request.one("MessagingServiceSid"));
    demand(from.is_some() || service.is_some(), "there is a sender")?;
    demand(from.is_none_or(|from| !from.is_empty()), "From is not empty")?;
    demand(
        service.is_none_or(service_sid),
        "MessagingServiceSid is ^MG[0-9a-fA-F]{32}$",
    )?;
    let length = request.one("Body").map_or(0, |body| body.chars().count());
    demand((1..=1600).contains(&length), "Body has 1 to 1600 characters")?;
    demand(
        request.one("StatusCallback").is_none_or(callback),
        "StatusCallback is an absolute URL",
    )?;
    let validity = request.one("ValidityPeriod").map(str::parse::<u32>);
    demand(
        validity.is_none_or(|seconds| seconds.is_ok_and(|seconds| (1..=36_000).contains(&seconds))),
        "ValidityPeriod",
    )
}

fn list(request: &Recorded) -> Result<(), String> {
    let size = request.one("PageSize").map(str::parse::<u32>);
    demand(
        size.is_none_or(|size| size.is_ok_and(|size| (1..=1000).contains(&size))),
        "PageSize is 1 to 1000",
    )
}

fn demand(holds: bool, rule: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(format!("broken rule: {rule}"))
    }
}

/// E.164, or `whatsapp:` and E.164.
fn address(to: &str) -> bool {
    let number = to.split_once(':').map_or(to, |(_, number)| number);
    let digits = number.strip_prefix('+').unwrap_or_default();
    (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

fn service_sid(sid: &str) -> bool {
    sid.len() == 34 && sid.starts_with("MG") && sid[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Absolute, http(s), and no underscore in the host name.
fn callback(text: &str) -> bool {
    let url = url::Url::parse(text);
    url.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.contains('_'))
    })
}
