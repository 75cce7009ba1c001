//! TCP lines that the provider can cut: an axum listener whose connections end when a handler says so.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Sleep, sleep};

/// Accepts lines.
pub struct Exchange(pub TcpListener);

/// One line, as the server reads and writes it.
pub struct Line {
    stream: TcpStream,
    scissors: Scissors,
    /// The client has gone; that is noticed after this.
    gone: Option<Pin<Box<Sleep>>>,
}

/// A provider that has a request whole deals with it, whether or not somebody still waits for the answer.
const NOTICED_AFTER: Duration = Duration::from_secs(1);

/// Cuts one line; handlers get it as connect info.
#[derive(Clone, Debug, Default)]
pub struct Scissors(Arc<AtomicU8>);

const WHOLE: u8 = 0;
const CUT_AFTER_ANSWER: u8 = 1;
const CUT: u8 = 2;

impl Scissors {
    /// Nothing more comes through: the client sees its request taken and no answer.
    pub fn cut(&self) {
        self.0.store(CUT, Ordering::SeqCst);
    }

    /// The answer still comes through; then the line is closed without a word, like an idle one.
    pub fn cut_after_answer(&self) {
        self.0.store(CUT_AFTER_ANSWER, Ordering::SeqCst);
    }

    fn state(&self) -> u8 {
        self.0.load(Ordering::SeqCst)
    }
}

impl Listener for Exchange {
    type Io = Line;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Line, SocketAddr) {
        loop {
            if let Ok((stream, address)) = self.0.accept().await {
                return (
                    Line {
                        stream,
                        scissors: Scissors::default(),
                        gone: None,
                    },
                    address,
                );
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Exchange>> for Scissors {
    fn connect_info(stream: IncomingStream<'_, Exchange>) -> Self {
        stream.io().scissors.clone()
    }
}

impl AsyncRead for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.scissors.state() == WHOLE {
            if self.gone.is_none() {
                let before = buffer.filled().len();
                let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
                if !matches!(read, Poll::Ready(Ok(()))) || buffer.filled().len() > before {
                    return read;
                }
            }
            let gone = self.gone.get_or_insert_with(|| Box::pin(sleep(NOTICED_AFTER)));
            return gone.as_mut().poll(cx).map(Ok);
        }
        // Nothing read is the end of the stream: hyper closes the connection.
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.scissors.state() == CUT {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
