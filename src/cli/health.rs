//! `daybefore health`: asks the server of this configuration whether it answers. For containers, which have no curl.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::Context as _;

use super::context::Context;
use super::output::Out;

/// How long the server may take to connect, and to answer.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn run(context: &Context, out: &mut Out) -> anyhow::Result<()> {
    let server = reachable(context.config.server.listen);
    let answer = ask(server).with_context(|| format!("nothing answers at {server}: is `daybefore serve` running?"))?;
    let status = answer.lines().next().unwrap_or_default();
    anyhow::ensure!(status.split(' ').nth(1) == Some("200"), "{server} answered `{status}`");
    Ok(out.line("alive")?)
}

/// "Every network card" is an address to listen on, not one to ask.
fn reachable(mut listen: SocketAddr) -> SocketAddr {
    if listen.ip().is_unspecified() {
        listen.set_ip(if listen.is_ipv4() {
            Ipv4Addr::LOCALHOST.into()
        } else {
            Ipv6Addr::LOCALHOST.into()
        });
    }
    listen
}

fn ask(server: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /health/live HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
