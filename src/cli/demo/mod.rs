//! `daybefore demo`: the main job, shown with two sample businesses, on a database that is gone afterwards.

mod show;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::net::TcpListener;

use super::context::Context;
use super::output::Out;
use super::serve::{asked_to_stop, serve};
use crate::app::{App, DeskAccess};
use crate::clock::{Clock, SystemClock, VirtualClock};
use crate::domain::instant::Instant;
use crate::outbound::demonstration::{self, GARAGE, Intake, News, timeline};
use crate::outbound::rehearsal::live_through;
use crate::store::{Open, Store};

/// How many messages of a day the timeline shows, so that all of it can be read.
const SHOWN_A_DAY: usize = 4;

/// How many ports after the wanted one are tried when it is taken.
const MORE_PORTS: u16 = 20;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ends after the timeline, without the desk.
    #[arg(long)]
    no_serve: bool,
    /// Shows every message of the timeline, not a choice of each day.
    #[arg(long)]
    all: bool,
    /// Address of the desk, like 127.0.0.1:8080, in place of server.listen; if it is taken, the next free port.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    out.line(
        "Daybefore shows what it does: a garage in Berlin and an insurance agency in Vancouver, two weeks in December.",
    )?;
    out.line("Everything is in a temporary database; no text and no mail leaves this machine.")?;
    out.flush()?;
    // Dropped, and so removed, however this ends: at its end, by Ctrl-C, by an error.
    let folder = tempfile::Builder::new()
        .prefix("daybefore-demo-")
        .tempdir()
        .context("a temporary folder")?;
    let store = Store::open(&folder.path().join("demo.db"), Open::CreateIfEmpty).await?;
    // Taken before the first message is written: the links in messages lead there.
    let site = if args.no_serve {
        None
    } else {
        let messages = folder.path().join("messages");
        Some(Site::open(args.listen.unwrap_or(context.config.server.listen), messages).await?)
    };
    let told = tokio::select! {
        told = live_and_tell(&args, context, site.as_ref(), &store, out) => told,
        () = asked_to_stop() => return Ok(()),
    };
    told?;
    match site {
        Some(site) => keep_serving(site, context, store, out).await,
        None => Ok(()),
    }
}

/// Where the demonstration can be looked at.
struct Site {
    listener: TcpListener,
    /// How a browser on this machine reaches it.
    url: String,
    /// What customers got, a file a message, with links that work.
    messages: PathBuf,
}

impl Site {
    async fn open(wanted: SocketAddr, messages: PathBuf) -> anyhow::Result<Self> {
        let listener = listen(wanted).await?;
        let address = listener.local_addr()?;
        let url = if address.ip().is_unspecified() || address.ip().is_loopback() {
            format!("http://localhost:{}", address.port())
        } else {
            format!("http://{address}")
        };
        Ok(Self {
            listener,
            url,
            messages,
        })
    }
}

/// Lives through the fortnight and prints what came of it.
async fn live_and_tell(
    args: &Args,
    context: &Context,
    site: Option<&Site>,
    store: &Store,
    out: &mut Out,
) -> anyhow::Result<()> {
    let (begin, end) = demonstration::span(&context.zones()?)?;
    let clock = Arc::new(VirtualClock::starting_at(begin));
    let app = app(context, site, store.clone(), clock.clone())?;
    let (intake, news) = live(&app, &clock, (begin, end)).await?;
    show::intake(out, intake)?;
    let mut timeline = timeline::read(&app.dispatcher, &news).await?;
    let left_out = if args.all { 0 } else { timeline.shorten(SHOWN_A_DAY) };
    show::days(out, &timeline)?;
    if left_out > 0 {
        let place = if args.no_serve { "" } else { ", or on the desk below" };
        out.line(format_args!(
            "\n{left_out} more messages are not shown: `daybefore demo --all` shows them{place}."
        ))?;
    }
    show::sums(out, &timeline)?;
    Ok(out.flush()?)
}

fn app(context: &Context, site: Option<&Site>, store: Store, clock: Arc<dyn Clock>) -> anyhow::Result<App> {
    let mut config = context.config.clone().sandboxed();
    // A carrier's pace would only make the demonstration slow.
    config.sms.messages_per_second = 0.0;
    config.email.messages_per_second = 0.0;
    // Nobody may be led to where the configuration says that real customers are.
    config.server.public_url = site.map(|site| site.url.clone());
    config.sandbox.folder = site.map(|site| site.messages.clone());
    Ok(App::with_store(config, store, clock)?)
}

async fn live(app: &App, clock: &VirtualClock, span: (Instant, Instant)) -> anyhow::Result<(Intake, Vec<News>)> {
    let hours = |at: Instant| u64::try_from(at.since(span.0).num_hours()).unwrap_or_default();
    let bar = ProgressBar::new(hours(span.1));
    if let Ok(style) = ProgressStyle::with_template("{msg:28} {bar:40}") {
        bar.set_style(style);
    }
    bar.set_message("reading the sample files");
    bar.tick();
    let zone = app.dispatcher.zones.zone("Europe/Berlin")?;
    let mut intake = Intake::default();
    let news = demonstration::live(
        &app.dispatcher,
        clock,
        |taken| intake = taken,
        |now| {
            bar.set_position(hours(now));
            bar.set_message(zone.local(now).format("living through %-d %B").to_string());
        },
    )
    .await?;
    bar.finish_and_clear();
    Ok((intake, news))
}

/// The desk and live sending go on where the fortnight ended, once the reminders for the next day have gone.
async fn keep_serving(site: Site, context: &Context, store: Store, out: &mut Out) -> anyhow::Result<()> {
    let zones = context.zones()?;
    let (opens, clock) = (demonstration::opens(&zones)?, demonstration::span(&zones)?.1);
    let clock = Arc::new(VirtualClock::starting_at(clock));
    let meanwhile = app(context, Some(&site), store.clone(), clock.clone())?;
    live_through(&meanwhile.dispatcher, &clock, opens).await?;
    let mut app = app(context, Some(&site), store, Arc::new(SystemClock::starting_at(opens)))?;
    app.desk = DeskAccess::Open;
    out.line(
        "\nThe clock of the demonstration goes on: it is five in the afternoon in Berlin, and tomorrow's reminders have \
         just gone.",
    )?;
    out.line(format_args!(
        "What customers got is also in files, one a message: {}/",
        site.messages.display()
    ))?;
    out.line(format_args!(
        "\nPlay both sides, in two windows side by side (Ctrl-C ends it and removes everything):\n\
         Phone: {url}/phone?business={GARAGE}   be a customer: answer C\n\
         Desk:  {url}/?business={GARAGE}   see it confirmed",
        url = site.url
    ))?;
    out.flush()?;
    serve(app, site.listener).await
}

/// Listens on `wanted`, or on one of the next ports, or on any.
async fn listen(wanted: SocketAddr) -> anyhow::Result<TcpListener> {
    let port = wanted.port();
    for port in (port..=port.saturating_add(MORE_PORTS)).chain([0]) {
        match TcpListener::bind(SocketAddr::new(wanted.ip(), port)).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            bound => return bound.with_context(|| format!("can't listen on {}", SocketAddr::new(wanted.ip(), port))),
        }
    }
    anyhow::bail!("no free port near {wanted}: --listen names another address")
}
