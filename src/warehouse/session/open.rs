//! Opening a session: dns, tcp, tls, login, each with its deadline.

use std::net::SocketAddr;
use std::time::Duration;

use crate::url::SslMode;
use crate::warehouse::cancel::{CancelKey, SessionMark};
use crate::warehouse::deadline::{Deadline, Watch};
use crate::warehouse::login::{LoginResult, log_in};
use crate::warehouse::transport::{
    TlsSettings, TlsSetupError, Transport, connect_to_one, keep_alive, look_up,
};
use crate::warehouse::wire::Inbox;
use crate::warehouse::{Cancel, CompletedStage, SessionRequest, Stage, TlsError, WarehouseError};

/// The time limit of a stage if the URL does not limit the whole login. The login may wake a server
/// (Redshift Serverless), so it has a longer limit.
const DNS_LIMIT: Duration = Duration::from_secs(15);
const TLS_LIMIT: Duration = Duration::from_secs(30);
const LOGIN_LIMIT: Duration = Duration::from_mins(2);

/// A connection over which a user is logged in.
pub(super) struct Opened {
    pub transport: Transport,
    pub inbox: Inbox,
    pub welcome: LoginResult,
    pub key: Option<CancelKey>,
}

/// An opening in progress.
pub(super) struct Opening<'a> {
    login: &'a SessionRequest<'a>,
    progress: &'a mut dyn FnMut(&CompletedStage),
    cancel: &'a Cancel,
    whole: Deadline,
}

impl<'a> Opening<'a> {
    pub fn new(
        login: &'a SessionRequest<'a>,
        progress: &'a mut dyn FnMut(&CompletedStage),
        cancel: &'a Cancel,
    ) -> Self {
        Self {
            login,
            progress,
            cancel,
            whole: Deadline::after(login.endpoint.options.login_timeout),
        }
    }

    /// Everything until the server is ready.
    pub fn run(&mut self) -> Result<Opened, WarehouseError> {
        let tls = self.tls_settings()?;
        let addresses = self.addresses()?;
        let mut transport = self.connection(addresses)?;
        if let Some(tls) = &tls {
            self.start_tls(&mut transport, tls)?;
        }
        let mut inbox = Inbox::new();
        let watch = self.watch_login();
        let welcome = log_in(self.login, &mut transport, &mut inbox, &watch)?;
        let peer = transport.peer();
        let key = welcome.key.map(|(process, secret)| CancelKey {
            mark: SessionMark { peer, process, secret },
            tls,
        });
        Ok(Opened { transport, inbox, welcome, key })
    }

    /// Records that the stage has been completed.
    pub fn reached(&mut self, stage: Stage, detail: String) {
        (self.progress)(&CompletedStage { stage, detail });
    }

    /// The watch for the login and for the statements that belong to it.
    pub fn watch_login(&self) -> Watch<'a> {
        self.watch(LOGIN_LIMIT)
    }

    fn host(&self) -> &'a str {
        &self.login.endpoint.host
    }

    /// The stage's own limit applies unless the URL limits the whole login.
    fn watch(&self, limit: Duration) -> Watch<'a> {
        let deadline = match self.login.endpoint.options.login_timeout {
            Some(_) => self.whole,
            None => Deadline::after(Some(limit)),
        };
        Watch {
            cancel: Some(self.cancel),
            deadline,
            silence: self.login.endpoint.options.socket_timeout,
        }
    }

    fn tls_settings(&self) -> Result<Option<TlsSettings>, WarehouseError> {
        TlsSettings::from_endpoint(self.login.endpoint).map_err(|error| match error {
            TlsSetupError::Roots(error) => WarehouseError::roots(error),
            TlsSetupError::Host => WarehouseError::UnknownHost {
                host: self.host().to_owned(),
                cause: "it is neither an address nor a name that a certificate may be for"
                    .to_owned(),
            },
            TlsSetupError::Other(cause) => WarehouseError::Tls {
                error: TlsError::Other { cause },
                host: self.host().to_owned(),
            },
        })
    }

    fn addresses(&mut self) -> Result<Vec<SocketAddr>, WarehouseError> {
        let (host, port) = (self.host(), self.login.endpoint.port);
        let found = look_up(host, port, &self.watch(DNS_LIMIT))
            .map_err(|interruption| WarehouseError::interrupted(interruption, Stage::Dns, host))?;
        let addresses =
            found.map_err(|cause| WarehouseError::UnknownHost { host: host.to_owned(), cause })?;
        let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        self.reached(Stage::Dns, list.join(", "));
        Ok(addresses)
    }

    fn connection(&mut self, addresses: Vec<SocketAddr>) -> Result<Transport, WarehouseError> {
        let host = self.host();
        let options = &self.login.endpoint.options;
        let watch = Watch {
            cancel: Some(self.cancel),
            deadline: Deadline::after(options.connect_timeout).earlier(self.whole),
            silence: None,
        };
        let stream = connect_to_one(addresses, &watch)
            .map_err(|failure| WarehouseError::connect(failure, watch.deadline.limit(), host))?;
        if options.tcp_keep_alive {
            keep_alive(&stream).map_err(|error| WarehouseError::Broken {
                stage: Stage::Tcp,
                cause: error.to_string(),
            })?;
        }
        let transport = Transport::over(stream)
            .map_err(|interruption| WarehouseError::interrupted(interruption, Stage::Tcp, host))?;
        self.reached(Stage::Tcp, transport.peer().to_string());
        Ok(transport)
    }

    fn start_tls(
        &mut self,
        transport: &mut Transport,
        tls: &TlsSettings,
    ) -> Result<(), WarehouseError> {
        let version = transport
            .start_tls(tls, &self.watch(TLS_LIMIT))
            .map_err(|error| WarehouseError::transport(error, Stage::Tls, self.host()))?;
        let verified = match self.login.endpoint.options.sslmode {
            SslMode::Disable | SslMode::Require => "nothing verified",
            SslMode::VerifyCa => "authority verified",
            SslMode::VerifyFull => "authority and name verified",
        };
        self.reached(Stage::Tls, format!("{version}, {verified}"));
        Ok(())
    }
}
