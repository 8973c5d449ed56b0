//! Opening a session: ssh, dns, tcp, tls, login, each with its deadline.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::{Link, Session};
use crate::url::SslMode;
use crate::warehouse::cancel::{CancelKey, SessionMark};
use crate::warehouse::deadline::{Deadline, Watch};
use crate::warehouse::login::{LoginResult, log_in};
use crate::warehouse::transport::{
    PlainTransport, TlsSettings, Transport, connect_to_one, keep_alive, look_up,
};
use crate::warehouse::tunnel::Tunnel;
use crate::warehouse::wire::Inbox;
use crate::warehouse::{
    Cancel, CompletedStage, LoginMethod, SessionRequest, Stage, WarehouseError,
};

/// The time limit of a stage if the URL does not limit the whole login. The login may wake a server
/// (Redshift Serverless), so it has a longer limit.
const DNS_LIMIT: Duration = Duration::from_secs(15);
const TLS_LIMIT: Duration = Duration::from_secs(30);
const LOGIN_LIMIT: Duration = Duration::from_mins(2);

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

    /// Everything until the server is ready. Returns the session and the authentication method.
    pub fn run(&mut self) -> Result<(Session, LoginMethod), WarehouseError> {
        let tls = TlsSettings::from_endpoint(self.login.endpoint)?;
        let Some(destination) = self.login.tunnel else {
            let addresses = self.addresses()?;
            let plain = self.connection(addresses)?;
            self.reached(Stage::Tcp, plain.peer().to_string());
            return self.session(tls, plain);
        };
        let tunnel = self.tunnel(destination)?;
        let plain = self.connection(vec![tunnel.address()]);
        match plain.and_then(|plain| self.session(tls, plain.through_tunnel())) {
            Ok((mut session, method)) => {
                session.tunnel = Some(tunnel);
                Ok((session, method))
            }
            Err(error) => Err(tunnel.explain(error)),
        }
    }

    /// TLS and the login over a connection.
    fn session(
        &mut self,
        tls: Option<TlsSettings>,
        plain: PlainTransport,
    ) -> Result<(Session, LoginMethod), WarehouseError> {
        let mut transport = match &tls {
            Some(tls) => self.start_tls(plain, tls)?,
            None => plain.into(),
        };
        let mut inbox = Inbox::new();
        let watch = self.watch_login();
        let LoginResult { method, status, reports } =
            log_in(self.login, &mut transport, &mut inbox, &watch)?;
        inbox.allow_results();
        let peer = transport.peer();
        let key = reports.key.map(|(process, secret)| CancelKey {
            mark: SessionMark {
                peer,
                process,
                secret,
                host: self.login.endpoint.host.clone(),
                port: self.login.endpoint.port,
            },
            tls,
        });
        let session = Session {
            link: Some(Link { transport, inbox }),
            tunnel: None,
            key,
            host: self.login.endpoint.host.clone(),
            peer,
            parameters: reports.parameters,
            status,
            login_notices: reports.notices,
            password: Arc::clone(self.login.password),
            socket_timeout: self.login.endpoint.options.socket_timeout,
            is_counted: true,
        };
        Ok((session, method))
    }

    /// Records that the stage has been completed.
    pub fn reached(&mut self, stage: Stage, detail: String) {
        (self.progress)(&CompletedStage { stage, detail });
    }

    /// The watch for the login and for the statements that belong to it.
    pub fn watch_login(&self) -> Watch<'a> {
        self.watch(Stage::Login, LOGIN_LIMIT)
    }

    /// The stage's own limit applies unless the URL limits the whole login.
    fn watch(&self, stage: Stage, limit: Duration) -> Watch<'a> {
        let deadline = match self.login.endpoint.options.login_timeout {
            Some(_) => self.whole,
            None => Deadline::after(Some(limit)),
        };
        Watch {
            stage,
            host: &self.login.endpoint.host,
            cancel: Some(self.cancel),
            deadline,
            silence: self.login.endpoint.options.socket_timeout,
        }
    }

    fn tunnel(&mut self, destination: &str) -> Result<Tunnel, WarehouseError> {
        let tunnel = Tunnel::open(destination, self.login.endpoint, self.cancel)?;
        self.reached(Stage::Ssh, format!("{destination}, from {}", tunnel.address()));
        Ok(tunnel)
    }

    fn addresses(&mut self) -> Result<Vec<SocketAddr>, WarehouseError> {
        let addresses = look_up(self.login.endpoint.port, &self.watch(Stage::Dns, DNS_LIMIT))?;
        let list: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
        self.reached(Stage::Dns, list.join(", "));
        Ok(addresses)
    }

    fn connection(&self, addresses: Vec<SocketAddr>) -> Result<PlainTransport, WarehouseError> {
        let options = &self.login.endpoint.options;
        let watch = Watch {
            stage: Stage::Tcp,
            host: &self.login.endpoint.host,
            cancel: Some(self.cancel),
            deadline: Deadline::after(options.connect_timeout).earlier(self.whole),
            silence: None,
        };
        let stream = connect_to_one(addresses, &watch)?;
        if options.tcp_keep_alive {
            keep_alive(&stream).map_err(|error| watch.broken(&error))?;
        }
        PlainTransport::over(stream, &watch)
    }

    fn start_tls(
        &mut self,
        plain: PlainTransport,
        tls: &TlsSettings,
    ) -> Result<Transport, WarehouseError> {
        let (transport, version) = plain.start_tls(tls, &self.watch(Stage::Tls, TLS_LIMIT))?;
        let verified = match self.login.endpoint.options.sslmode {
            SslMode::Disable | SslMode::Require => "nothing verified",
            SslMode::VerifyCa => "authority verified",
            SslMode::VerifyFull => "authority and name verified",
        };
        self.reached(Stage::Tls, format!("{version}, {verified}"));
        Ok(transport)
    }
}
