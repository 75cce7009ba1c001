//! A mail server that misbehaves on cue: for the stages at which a real one can't be made to fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where in the dialogue the server does something of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Greeting,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// After the first octets of the content, before the dot.
    Content,
    /// After the final dot.
    Dot,
    /// After a whole mail was taken, while the client holds the connection idle.
    Idle,
}

/// What it does there.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    Say(&'static str),
    HangUp,
    /// Says nothing until the client goes away.
    Hang,
}

/// The server: plain text, one thread a connection.
pub struct SmtpServer {
    port: u16,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Default)]
struct Inside {
    cues: Vec<(At, Act)>,
    commands: Vec<String>,
    mails: Vec<Vec<u8>>,
    connections: usize,
}

impl SmtpServer {
    /// Each cue is used once, in the order given; without a cue the server does what is asked.
    pub fn start(cues: &[(At, Act)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let inside = Arc::new(Mutex::new(Inside {
            cues: cues.to_vec(),
            ..Inside::default()
        }));
        let shared = Arc::clone(&inside);
        // The thread ends with the test process; an accept that nobody calls costs nothing.
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let inside = Arc::clone(&shared);
                inside.lock().expect("inside").connections += 1;
                thread::spawn(move || Dialogue::new(stream, inside).run());
            }
        });
        Self { port, inside }
    }

    /// Its URL, in plain text, with whatever goes before the host (`user:password@`).
    pub fn url(&self, user: &str) -> String {
        format!("smtp://{user}127.0.0.1:{}?tls=none", self.port)
    }

    pub fn commands(&self) -> Vec<String> {
        self.inside.lock().expect("inside").commands.clone()
    }

    /// The mails that it has taken, without the dots' stuffing.
    pub fn mails(&self) -> Vec<Vec<u8>> {
        self.inside.lock().expect("inside").mails.clone()
    }

    pub fn connections(&self) -> usize {
        self.inside.lock().expect("inside").connections
    }
}

/// One connection. Every method returns nothing when the connection is over.
struct Dialogue {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
    inside: Arc<Mutex<Inside>>,
}

impl Dialogue {
    fn new(stream: TcpStream, inside: Arc<Mutex<Inside>>) -> Self {
        let reader = BufReader::new(stream.try_clone().expect("a second handle"));
        Self {
            reader,
            writer: stream,
            inside,
        }
    }

    fn run(mut self) -> Option<()> {
        self.answer(At::Greeting, "220 test ready")?;
        loop {
            let line = self.line()?;
            self.inside.lock().expect("inside").commands.push(line.clone());
            match line.split_whitespace().next().unwrap_or_default() {
                "EHLO" => self.answer(At::Ehlo, "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN")?,
                "AUTH" => self.answer(At::Auth, "235 2.7.0 in")?,
                "MAIL" => self.answer(At::Mail, "250 2.1.0 ok")?,
                "RCPT" => self.answer(At::Rcpt, "250 2.1.5 ok")?,
                "DATA" => self.data()?,
                "QUIT" => return self.say("221 bye"),
                _ => self.say("250 ok")?,
            }
        }
    }

    fn data(&mut self) -> Option<()> {
        // A refusal comes instead of 354, and no content follows it.
        match self.cue(At::Data) {
            Some(act) => return self.act(act),
            None => self.say("354 go on")?,
        }
        if let Some(act) = self.cue(At::Content) {
            self.line()?;
            return self.act(act);
        }
        let mut mail = Vec::new();
        loop {
            let line = self.line()?;
            if line == "." {
                break;
            }
            mail.extend_from_slice(line.strip_prefix('.').unwrap_or(&line).as_bytes());
            mail.extend_from_slice(b"\r\n");
        }
        if let Some(act) = self.cue(At::Dot) {
            self.act(act)?;
        } else {
            self.inside.lock().expect("inside").mails.push(mail);
            self.say("250 2.0.0 taken")?;
        }
        self.cue(At::Idle).map_or(Some(()), |act| self.act(act))
    }

    fn answer(&mut self, at: At, usual: &str) -> Option<()> {
        match self.cue(at) {
            Some(act) => self.act(act),
            None => self.say(usual),
        }
    }

    fn cue(&self, at: At) -> Option<Act> {
        let cues = &mut self.inside.lock().expect("inside").cues;
        let index = cues.iter().position(|cue| cue.0 == at)?;
        Some(cues.remove(index).1)
    }

    fn act(&mut self, act: Act) -> Option<()> {
        match act {
            Act::Say(text) => self.say(text),
            Act::HangUp => None,
            Act::Hang => {
                let mut rest = Vec::new();
                let _until_the_client_goes = self.reader.read_to_end(&mut rest);
                None
            }
        }
    }

    fn say(&mut self, text: &str) -> Option<()> {
        self.writer.write_all(format!("{text}\r\n").as_bytes()).ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).ok()?;
        (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
    }
}
