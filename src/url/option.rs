//! The table of URL options: every one of AWS's JDBC driver 2.2.6 (`RedshiftProperty.java`), and
//! redwire's treatment of it.

use IamOption as I;
use UrlSetting as S;

use crate::definition::LoginOption;
use crate::definition::LoginOption as L;

/// redwire's treatment of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The option has an effect.
    Used(UrlSetting),
    /// The option tunes the driver: it stays in the URL and is reported once as ignored.
    Ignored,
    /// The option redirects the connection or loads files or classes: the URL is refused.
    Refused,
    /// The value is a secret: the URL is refused, and the value is never shown.
    Secret,
    /// The value is the user, which belongs in `USER_NAME`: the URL is refused.
    UserName,
    /// The option is for logins through AWS: the URL is refused.
    Iam(IamOption),
}

/// The place in redwire of an option for logins through AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IamOption {
    /// USER_NAME.
    UserName,
    /// An option of the connection.
    Option(LoginOption),
    /// None: the scheme of the URL, or the absence of USER_NAME, says the same.
    Implied,
    /// None: redwire does the same by itself, or AWS's own settings say it.
    Needless,
    /// None: it is for an identity provider, which a profile of AWS has to ask.
    IdentityProvider,
}

/// The setting that an option changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields of Options of the same names say what they are"
)]
pub enum UrlSetting {
    ApplicationName,
    ConnectTimeout,
    CurrentSchema,
    LoginTimeout,
    QueryGroup,
    ReadOnly,
    SocketTimeout,
    Ssl,
    SslFactory,
    SslMode,
    SslRootCert,
    TcpKeepAlive,
}

/// An option.
#[derive(Debug, PartialEq, Eq)]
pub struct UrlOption {
    /// The name in the letter case of AWS's documentation; any case matches.
    pub name: &'static str,
    /// redwire's treatment of the option.
    pub class: Class,
    /// The meaning of the option, or the alternative to it.
    pub note: &'static str,
}

const fn option(name: &'static str, class: Class, note: &'static str) -> UrlOption {
    UrlOption { name, class, note }
}

const fn used(name: &'static str, setting: UrlSetting, note: &'static str) -> UrlOption {
    option(name, Class::Used(setting), note)
}

const fn ignored(name: &'static str) -> UrlOption {
    option(name, Class::Ignored, "tunes the JDBC driver; redwire has no use for it")
}

const fn refused(name: &'static str, note: &'static str) -> UrlOption {
    option(name, Class::Refused, note)
}

const fn secret(name: &'static str, note: &'static str) -> UrlOption {
    option(name, Class::Secret, note)
}

const fn iam(name: &'static str, place: IamOption) -> UrlOption {
    let note = match place {
        IamOption::UserName => USER_NOTE,
        IamOption::Option(_) => "an option of the connection has its value",
        IamOption::Implied => "leave it out: jdbc:redshift:iam:// says so, and USER_NAME left out",
        IamOption::Needless => "leave it out: AWS's own settings say it, or redwire does it",
        IamOption::IdentityProvider => PROVIDER_NOTE,
    };
    option(name, Class::Iam(place), note)
}

/// The alternative to a password in a URL.
pub(super) const PASSWORD_NOTE: &str =
    "take it out of the URL: PASSWORD is the option for it, and USER_NAME for the user name";
const USER_NOTE: &str = "USER_NAME is the option for it";
const PROVIDER_NOTE: &str = "identity providers are not supported; name an AWS profile that asks one, by sso_session or \
                             credential_process, in AWS_PROFILE";
const KEY_NOTE: &str = "take it out of the URL: redwire logs in with USER_NAME and PASSWORD";
const CERT_NOTE: &str = "Redshift's logins use no client certificate; leave it out";
const STORE_NOTE: &str = "sslrootcert names a file of root certificates";
const CLASS_NOTE: &str = "it loads a Java class, which redwire cannot; leave it out";
const KERBEROS_NOTE: &str = "Kerberos is not supported; leave it out";
const FILE_NOTE: &str = "write the options that the file holds into the URL";

/// Every option, sorted by its name in lower case.
pub static OPTIONS: [UrlOption; 116] = [
    secret("AccessKeyID", KEY_NOTE),
    ignored("allowEncodingChanges"),
    used("ApplicationName", S::ApplicationName, "the program's name in the server's log"),
    ignored("assumeMinServerVersion"),
    used("AuthMech", S::SslMode, "another name of sslmode"),
    secret("AuthProfile", KEY_NOTE),
    iam("AutoCreate", I::Option(L::AutoCreateUser)),
    ignored("autosave"),
    ignored("binaryTransfer"),
    ignored("binaryTransferDisable"),
    ignored("binaryTransferEnable"),
    ignored("blockingRowsMode"),
    ignored("cancelSignalTimeout"),
    ignored("cleanupSavepoints"),
    iam("ClusterID", I::Option(L::Cluster)),
    ignored("compression"),
    ignored("connectionTimezone"),
    used(
        "connectTimeout",
        S::ConnectTimeout,
        "seconds for the TCP connection; default 10, 0 is no limit",
    ),
    used(
        "currentSchema",
        S::CurrentSchema,
        "the search_path, schemas separated by commas",
    ),
    ignored("databaseMetadataCacheFields"),
    ignored("databaseMetadataCacheFieldsMiB"),
    ignored("databaseMetadataCurrentDbOnly"),
    iam("DbGroups", I::Option(L::DbGroups)),
    iam("DbGroupsFilter", I::IdentityProvider),
    refused("dbname", "the database stands after the / of the URL"),
    iam("DbUser", I::UserName),
    ignored("defaultRowFetchSize"),
    ignored("disableColumnSanitiser"),
    ignored("disableIsValidQuery"),
    ignored("DSILogLevel"),
    ignored("enableFetchRingBuffer"),
    ignored("enableGeneratedName"),
    ignored("enableMultiSqlSupport"),
    ignored("enableStatementCache"),
    iam("EndpointUrl", I::Needless),
    ignored("escapeSyntaxCallMode"),
    ignored("fetchRingBufferSize"),
    iam("ForceLowercase", I::Needless),
    iam("groupFederation", I::Implied),
    refused("gsslib", KERBEROS_NOTE),
    ignored("hideUnprivilegedObjects"),
    refused("host", "the host stands after the // of the URL"),
    ignored("hostRecheckSeconds"),
    iam("IAMAuth", I::Implied),
    iam("IAMDisableCache", I::Needless),
    iam("IAMDuration", I::Needless),
    iam("idc_client_display_name", I::IdentityProvider),
    iam("identity_namespace", I::IdentityProvider),
    refused("IniFile", FILE_NOTE),
    refused("IniSection", FILE_NOTE),
    iam("isServerless", I::Implied),
    refused("jaasApplicationName", KERBEROS_NOTE),
    refused("jaasLogin", KERBEROS_NOTE),
    refused("kerberosServerName", KERBEROS_NOTE),
    ignored("loadBalanceHosts"),
    used(
        "loginTimeout",
        S::LoginTimeout,
        "seconds for the whole login, fractions allowed; default 0: each stage has its own limit",
    ),
    ignored("LogLevel"),
    ignored("LogPath"),
    ignored("logServerErrorDetail"),
    ignored("logUnclosedConnections"),
    ignored("MaxLogFileCount"),
    ignored("MaxLogFileSize"),
    ignored("maxResultBuffer"),
    ignored("maxWarningCount"),
    refused(
        "options",
        "start-up options cannot be given; currentSchema and queryGroup are options of the URL",
    ),
    ignored("OverrideSchemaPatternType"),
    secret("password", PASSWORD_NOTE),
    iam("plugin_name", I::IdentityProvider),
    refused("port", "the port stands after the host, as in host:5439"),
    ignored("preferQueryMode"),
    ignored("preparedStatementCacheQueries"),
    ignored("preparedStatementCacheSizeMiB"),
    ignored("prepareThreshold"),
    iam("Profile", I::Option(L::AwsProfile)),
    ignored("protocolVersion"),
    iam("providerName", I::IdentityProvider),
    secret("PWD", PASSWORD_NOTE),
    used("queryGroup", S::QueryGroup, "the query_group of queries"),
    ignored("raiseExceptionOnSilentRollback"),
    used(
        "readOnly",
        S::ReadOnly,
        "true: sessions only read, and exec is refused; default false",
    ),
    ignored("readOnlyMode"),
    ignored("receiveBufferSize"),
    iam("Region", I::Option(L::AwsRegion)),
    ignored("reWriteBatchedInserts"),
    ignored("reWriteBatchedInsertsSize"),
    secret("SecretAccessKey", KEY_NOTE),
    ignored("sendBufferSize"),
    iam("serverlessAcctId", I::Implied),
    iam("serverlessWorkGroup", I::Option(L::Workgroup)),
    secret("SessionToken", KEY_NOTE),
    refused("socketFactory", CLASS_NOTE),
    refused("socketFactoryArg", CLASS_NOTE),
    used(
        "socketTimeout",
        S::SocketTimeout,
        "seconds to wait for the server to send; default 0: no limit",
    ),
    used("ssl", S::Ssl, "true, the default: TLS; false: none"),
    refused("sslcert", CERT_NOTE),
    used(
        "sslfactory",
        S::SslFactory,
        "com.amazon.redshift.ssl.NonValidatingFactory only: sslmode=require",
    ),
    refused("sslfactoryarg", CLASS_NOTE),
    refused("sslhostnameverifier", CLASS_NOTE),
    secret("sslkey", CERT_NOTE),
    used(
        "sslmode",
        S::SslMode,
        "verify-full, the default; verify-ca; require, which verifies nothing; disable",
    ),
    secret("sslpassword", CERT_NOTE),
    refused("sslpasswordcallback", CLASS_NOTE),
    used(
        "sslrootcert",
        S::SslRootCert,
        "a PEM file of root certificates to trust instead of the built-in ones",
    ),
    secret("ssltruststore", STORE_NOTE),
    refused("ssltruststorepath", STORE_NOTE),
    refused("sspiServiceClass", KERBEROS_NOTE),
    ignored("stringtype"),
    iam("StsEndpointUrl", I::Needless),
    ignored("targetServerType"),
    used(
        "tcpKeepAlive",
        S::TcpKeepAlive,
        "true, the default: keeps idle sessions alive; or false",
    ),
    iam("token_type", I::IdentityProvider),
    option("UID", Class::UserName, USER_NOTE),
    ignored("unknownLength"),
    option("user", Class::UserName, USER_NOTE),
    refused("useSpnego", KERBEROS_NOTE),
    secret("webIdentityToken", KEY_NOTE),
];
