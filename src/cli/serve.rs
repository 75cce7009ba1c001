//! `daybefore serve`: everything that runs until it is stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::context::Context;
use super::output::Out;
use crate::app::App;
use crate::clock::SystemClock;
use crate::inbound::reader::{self, Mail};
use crate::outbound::dispatch::{Dispatcher, RoundsThread, lanes};
use crate::outbound::plan::work_again;
use crate::outbound::take_over::take_over;
use crate::schedule::{self, Chore};
use crate::store::{self, Open, SenderLock};
use crate::web;

/// How often it is noticed that another process (an import) has written. No table is read for it.
const NOTICE_FOREIGN_WRITES: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address to listen on, like 127.0.0.1:8080, in place of server.listen.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
}

pub(super) async fn run(args: Args, context: &Context, out: &mut Out) -> anyhow::Result<()> {
    for warning in context.config.warnings() {
        tracing::warn!("{warning}");
    }
    let app = context.app_with(context.store(Open::CreateIfEmpty).await?, Arc::new(SystemClock::new()))?;
    let listen = args.listen.unwrap_or(app.config.server.listen);
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!(
            "can't listen on {listen}: is another program using it? server.listen or --listen names another address"
        )
    })?;
    tracing::info!(
        %listen, database = %app.store().path().display(), zone_data = app.dispatcher.zones.version(),
        "listening on http://{listen}/"
    );
    let first_run = first_run(&app, context, listener.local_addr()?).await?;
    if let Some(link) = first_run {
        out.line(format_args!(
            "Nobody can sign in yet. Open this link to set Daybefore up; it works until there is a user, or Daybefore \
             starts again:\n{link}"
        ))?;
        out.flush()?;
    }
    serve(app, listener).await
}

/// The link to the first-run page, while there is no user. Never in the log: whoever has it owns everything.
async fn first_run(app: &App, context: &Context, listen: SocketAddr) -> anyhow::Result<Option<String>> {
    if store::user::any(&mut app.store().read().await?).await? {
        return Ok(None);
    }
    let token = app.door.open_set_up();
    Ok(Some(format!(
        "{}/set-up/{}",
        context.site(Some(listen)),
        token.as_str()
    )))
}

/// Serves until the process is asked to stop (Ctrl-C or SIGTERM), then finishes what is under way.
pub(super) async fn serve(app: App, listener: TcpListener) -> anyhow::Result<()> {
    let _lock = SenderLock::take(&app.store().path())?;
    take_over(&app.dispatcher, app.dispatcher.clock.now()).await?;
    let (stop, stopped) = watch::channel(false);
    let mut workers = Workers::new()?;
    workers.start_readers(&app, &stopped);
    workers.start_planning_again(&app, &stopped);
    workers.start_missing(&app, &stopped).await?;
    let mut scheduler = schedule::start(&app).await?;
    tokio::spawn(ask_for_missed(app.clone()));
    let server = tokio::spawn(web::serve(app.clone(), listener, until_stopped(stopped.clone())));
    let watching = watch_over(&app, &mut workers, &stopped);
    tokio::select! {
        result = watching => result?,
        () = asked_to_stop() => {}
    }
    tracing::info!("stopping: finishing what is under way");
    stop.send_replace(true);
    scheduler.shutdown().await?;
    while workers.tasks.join_next().await.is_some() {}
    server.await??;
    app.dispatcher.started.end();
    app.store().close().await;
    Ok(())
}

/// What customers sent while nobody was there to take it need not wait for the hour.
async fn ask_for_missed(app: App) {
    let now = app.dispatcher.clock.now();
    if let Err(error) = schedule::run(&app, Chore::Missed, now).await {
        tracing::error!(%error, "missed messages of customers could not be asked for; they will be within the hour");
    }
}

/// A worker for each lane, the readers of what webhooks store, and who plans again.
struct Workers {
    thread: RoundsThread,
    tasks: JoinSet<()>,
    lanes: Vec<String>,
}

impl Workers {
    fn new() -> std::io::Result<Self> {
        Ok(Self {
            thread: RoundsThread::start()?,
            tasks: JoinSet::new(),
            lanes: Vec::new(),
        })
    }

    fn start_readers(&mut self, app: &App, stopped: &watch::Receiver<bool>) {
        for mail in [Mail::Messages, Mail::Receipts] {
            let (dispatcher, stored, wake) = (app.dispatcher.clone(), app.stored.clone(), app.wake.clone());
            self.tasks
                .spawn(reader::read(dispatcher, mail, stored, wake, stopped.clone()));
        }
    }

    /// Starts whoever plans again what the desk's settings have changed.
    fn start_planning_again(&mut self, app: &App, stopped: &watch::Receiver<bool>) {
        let Dispatcher {
            store, zones, clock, ..
        } = app.dispatcher.clone();
        let wake = app.wake.clone();
        let planned = move || wake.all();
        self.tasks.spawn(work_again(
            store,
            zones,
            clock,
            app.again.clone(),
            planned,
            stopped.clone(),
        ));
    }

    /// Starts a worker for every lane that has none yet.
    async fn start_missing(&mut self, app: &App, stopped: &watch::Receiver<bool>) -> anyhow::Result<()> {
        for lane in lanes(app.store()).await? {
            if !self.lanes.contains(&lane) {
                let (dispatcher, wake) = (app.dispatcher.clone(), app.wake.clone());
                self.tasks
                    .spawn(self.thread.work(dispatcher, lane.clone(), wake, stopped.clone()));
                self.lanes.push(lane);
            }
        }
        Ok(())
    }
}

/// Notices what other processes write, and a sender or reader that has broken down: then the program ends with an error, so that
/// whoever runs it starts it again, rather than look well and send nothing.
async fn watch_over(app: &App, workers: &mut Workers, stopped: &watch::Receiver<bool>) -> anyhow::Result<()> {
    let mut seen = app.store().foreign_writes().await?;
    loop {
        tokio::select! {
            () = tokio::time::sleep(NOTICE_FOREIGN_WRITES) => {}
            Some(ended) = workers.tasks.join_next() => {
                ended?;
                anyhow::bail!("a sender or reader has stopped by itself");
            }
        }
        let version = app.store().foreign_writes().await?;
        if version != seen || app.new_lanes.take() {
            seen = version;
            workers.start_missing(app, stopped).await?;
            app.wake.all();
        }
    }
}

async fn until_stopped(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone: the program is ending anyway.
    let _ended = stopped.wait_for(|stopped| *stopped).await;
}

/// Returns when the process is asked to stop: Ctrl-C or SIGTERM.
pub(super) async fn asked_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM can't be listened to; Ctrl-C stops the program");
                std::future::pending::<()>().await;
            }
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
