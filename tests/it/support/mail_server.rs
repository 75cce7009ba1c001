//! A real mail server for the suite: Debian's `exim4-daemon-light`, on ports and files of its own.
//!
//! It offers STARTTLS on one port and TLS from the start on another, with a certificate of a CA that `openssl` makes
//! for the occasion; it wants encryption and a login, and delivers everything to files.

use std::fs::{self, File, Permissions};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::skip::skip;

/// The variable that makes its lack a failure.
const REQUIRED: &str = "REQUIRE_MAIL_SERVER";

/// Its only user; the password has what must be percent-encoded in a URL.
const LOGIN: &str = "desk:p%20w+d%25";

const PAUSE: Duration = Duration::from_millis(10);
const LOOKS: usize = 1000;

/// The server, stopped and cleaned away on drop.
pub struct MailServer {
    exim: Child,
    folder: TempDir,
    starttls_port: u16,
    tls_port: u16,
}

impl MailServer {
    /// Starts it, or says in one line why the test is skipped. With `REQUIRE_MAIL_SERVER=1` a skip is a failure.
    pub fn start() -> Option<Self> {
        let Some(exim) = ["/usr/sbin/exim4", "/usr/sbin/exim"]
            .into_iter()
            .find(|path| Path::new(path).exists())
        else {
            return skip(REQUIRED, "exim4 is not installed (Debian: exim4-daemon-light)");
        };
        let (starttls_port, tls_port) = free_ports();
        let folder = prepare(starttls_port, tls_port);
        let stderr = File::create(folder.path().join("log/stderr")).expect("a file");
        let mut command = Command::new(exim);
        command.arg("-C").arg(folder.path().join("exim.conf")).arg("-bdf");
        let exim = command
            .stdout(Stdio::null())
            .stderr(stderr)
            .spawn()
            .expect("exim starts");
        let mut server = Self {
            exim,
            folder,
            starttls_port,
            tls_port,
        };
        if server.comes_up() {
            return Some(server);
        }
        // exim listens for root and for its own group only.
        skip(
            REQUIRED,
            &format!("exim4 does not run for this user: {}", server.log().trim()),
        )
    }

    /// Whether it listens, or has ended instead.
    fn comes_up(&mut self) -> bool {
        for _ in 0..LOOKS {
            if TcpStream::connect(("127.0.0.1", self.tls_port)).is_ok() {
                return true;
            }
            if self.exim.try_wait().expect("a child").is_some() {
                return false;
            }
            thread::sleep(PAUSE);
        }
        panic!("exim neither listens nor ends; its log:\n{}", self.log());
    }

    /// The submission URL with STARTTLS.
    pub fn starttls_url(&self) -> String {
        format!("smtp://{LOGIN}@localhost:{}", self.starttls_port)
    }

    /// The submission URL with TLS from the start.
    pub fn tls_url(&self) -> String {
        format!("smtps://{LOGIN}@localhost:{}", self.tls_port)
    }

    /// The certificate that makes it trustworthy.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// The delivered mails, when there are `count` of them, oldest first.
    pub fn mails(&self, count: usize) -> Vec<Vec<u8>> {
        let folder = self.folder.path().join("mail/new");
        let files = || -> Vec<PathBuf> {
            fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .flatten()
                .map(|entry| entry.path())
                .collect()
        };
        self.wait_until(|| files().len() >= count, "has delivered");
        let mut files = files();
        // Maildir names begin with the time of delivery.
        files.sort();
        files.into_iter().map(|path| fs::read(path).expect("a mail")).collect()
    }

    /// Delivery is exim's own process, so that there is nothing to await: look often, give up after ten seconds.
    fn wait_until(&self, done: impl Fn() -> bool, what: &str) {
        for _ in 0..LOOKS {
            if done() {
                return;
            }
            thread::sleep(PAUSE);
        }
        panic!("exim never {what}; its log:\n{}", self.log());
    }

    fn log(&self) -> String {
        let read = |name| fs::read_to_string(self.folder.path().join("log").join(name)).unwrap_or_default();
        read("stderr") + &read("mainlog") + &read("paniclog")
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // Both fail only if it is gone already.
        let _ended = self.exim.kill();
        let _reaped = self.exim.wait();
    }
}

/// Its folders, certificates and configuration.
fn prepare(starttls_port: u16, tls_port: u16) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    // exim gives up its privileges, and then is a stranger to the folder of whoever runs the suite.
    for name in ["", "spool", "mail", "log"] {
        let path = folder.path().join(name);
        fs::create_dir_all(&path).expect("a folder");
        fs::set_permissions(&path, Permissions::from_mode(0o777)).expect("an open folder");
    }
    certificates(folder.path());
    let configuration = folder.path().join("exim.conf");
    fs::write(&configuration, configure(folder.path(), starttls_port, tls_port)).expect("a configuration");
    fs::set_permissions(&configuration, Permissions::from_mode(0o644)).expect("a readable configuration");
    folder
}

/// Two ports that were free a moment ago.
fn free_ports() -> (u16, u16) {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let [first, second] = listeners.map(|listener| listener.local_addr().expect("an address").port());
    (first, second)
}

/// A CA, and a certificate for `localhost` signed by it.
fn certificates(folder: &Path) {
    let openssl = |arguments: &str| {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(folder)
            .output();
        let output = output.expect("openssl is installed");
        assert!(
            output.status.success(),
            "openssl {arguments}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(&format!(
        "req -x509 {key} -days 2 -subj /CN=Daybefore-test-CA -keyout ca.key -out ca.pem \
         -addext basicConstraints=critical,CA:TRUE"
    ));
    openssl(&format!(
        "req {key} -subj /CN=localhost -keyout key.pem -out csr.pem -addext subjectAltName=DNS:localhost"
    ));
    openssl(
        "x509 -req -in csr.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -copy_extensions copy -out cert.pem",
    );
    fs::set_permissions(folder.join("key.pem"), Permissions::from_mode(0o644)).expect("a readable key");
}

fn configure(folder: &Path, starttls_port: u16, tls_port: u16) -> String {
    include_str!("exim.conf")
        .replace("FOLDER", &folder.display().to_string())
        .replace("STARTTLS_PORT", &starttls_port.to_string())
        .replace("TLS_PORT", &tls_port.to_string())
}
