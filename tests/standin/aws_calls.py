"""The calls of AWS's services that a login to Redshift needs. Parameters, results and errors are those of botocore's
service models; DIVERGENCES.md has the source of each message."""

import base64
import re
import secrets
import time
import uuid

from aws_signature import CommonError

CALLS = {}
DB_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_+.@-]{0,63}")


class ServiceError(Exception):
    """An error of one service's model."""

    def __init__(self, code, message, status=400):
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


def denial(caller, action, resource):
    return f"User: {caller['arn']} is not authorized to perform: {action} on resource: {resource}"


class Call:
    """One call: its caller (None where it is not signed), its region and its parameters."""

    def __init__(self, world, caller, region, parameters):
        self.world = world
        self.caller = caller
        self.region = region
        self.parameters = parameters
        self.account = caller["arn"].split(":")[4] if caller else None

    def get(self, name):
        return self.parameters.get(name)

    def authorize(self, action, resource):
        if action in self.caller.get("denied", []):
            reason = f"because no identity-based policy allows the {action} action"
            raise CommonError("denied", f"{denial(self.caller, action, resource)} {reason}")

    def arn(self, service, rest):
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    def find(self, kind, name, value):
        """The cluster, workgroup or secret of the caller's account and the region of the call."""
        place = {"region": self.region, "account": self.account, name: value}
        for candidate in self.world.scenario.get(kind, []):
            if all(candidate[key] == value for key, value in place.items()):
                return candidate
        return None

    def duration(self, name, least, most, usual):
        duration = int(self.parameters.get(name) or usual)
        if not least <= duration <= most:
            raise CommonError("invalid", f"{name} must be between {least} and {most}, but was {duration}")
        return duration


def call(service, action, *members, signed=True):
    """Registers a call with the parameters that it takes; `*` marks those that it needs, and a final dot a list."""

    def register(function):
        needed = [member[:-1] for member in members if member.endswith("*")]
        CALLS[service, action] = (function, [member.rstrip("*") for member in members], needed, signed)
        return function

    return register


def answer(service, action, call_made):
    """The result of a call, whose parameters are checked first."""
    function, members, needed, _ = CALLS[service, action]
    for name in call_made.parameters:
        # The lists of the query protocol come as `List.Member.1`, an empty one as `List`.
        if name not in members and f"{name.rsplit('.', 1)[0]}." not in members:
            raise CommonError("invalid", f"{name} is no parameter of {action}")
    for name in needed:
        if not call_made.get(name):
            raise CommonError("missing", f"The request must contain the parameter {name}")
    return function(call_made)


def password_for(made, action, user, database_user, duration, has_user=True):
    """A new password, which is noted for the database, with its expiration by AWS's clock."""
    world = made.world
    password = f"AMAF{base64.b64encode(secrets.token_bytes(46)).decode()[:-2]}+/{secrets.token_hex(4)}=="
    validity = world.scenario.get("password_validity", duration)
    is_stale = world.take(action, ["stale"])
    world.note("logins", {
        "user": user,
        "password": password,
        "expires": time.time() + (0 if is_stale else validity),
        "database_user": database_user,
        "has_user": has_user,
    })
    return password, world.now() + validity


def milliseconds(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment * 1000) % 1000:03}Z"


def seconds(moment):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))


def check_name(name, value):
    if not DB_NAME.fullmatch(value) or value.lower() == "public":
        raise CommonError("invalid", f"The parameter {name} is not a valid identifier.")


def database_user_of(arn):
    """The database user of an identity: `IAM:` and the user's name, or `IAMR:` and the role's."""
    kind, *names = arn.split(":", 5)[5].split("/")
    return f"IAMR:{names[0]}" if kind == "assumed-role" else f"IAM:{names[-1]}"


def cluster_of(made, identifier):
    cluster = made.find("clusters", "id", identifier)
    if not cluster:
        raise ServiceError("ClusterNotFound", f"Cluster {identifier} not found.", 404)
    return cluster


@call("redshift", "GetClusterCredentials", "DbUser*", "DbName", "ClusterIdentifier*", "DurationSeconds", "AutoCreate",
      "DbGroups", "DbGroups.DbGroup.")
def get_cluster_credentials(made):
    identifier, user = made.get("ClusterIdentifier"), made.get("DbUser")
    groups = [value for name, value in made.parameters.items() if name.startswith("DbGroups.")]
    auto_create = made.get("AutoCreate") == "true"
    made.authorize("redshift:GetClusterCredentials", made.arn("redshift", f"dbuser:{identifier}/{user}"))
    if auto_create:
        made.authorize("redshift:CreateClusterUser", made.arn("redshift", f"dbuser:{identifier}/{user}"))
    for group in groups:
        made.authorize("redshift:JoinGroup", made.arn("redshift", f"dbgroup:{identifier}/{group}"))
    check_name("DbUser", user)
    for name, value in [("DbName", made.get("DbName")), *(("DbGroups", group) for group in groups)]:
        if value:
            check_name(name, value)
    if any(group != group.lower() for group in groups):
        raise CommonError("invalid", "The parameter DbGroups is not a valid identifier.")
    duration = made.duration("DurationSeconds", 900, 3600, 900)
    cluster = cluster_of(made, identifier)
    full = f"IAMA:{user}" if auto_create else f"IAM:{user}"
    has_user = auto_create or user in cluster.get("users", [])
    password, expires = password_for(made, "GetClusterCredentials", full, user, duration, has_user)
    return {"DbUser": full, "DbPassword": password, "Expiration": milliseconds(expires)}


@call("redshift", "GetClusterCredentialsWithIAM", "DbName", "ClusterIdentifier*", "DurationSeconds")
def get_cluster_credentials_with_iam(made):
    identifier, database = made.get("ClusterIdentifier"), made.get("DbName")
    made.authorize("redshift:GetClusterCredentialsWithIAM",
                   made.arn("redshift", f"dbname:{identifier}/{database or '*'}"))
    duration = made.duration("DurationSeconds", 900, 3600, 900)
    cluster_of(made, identifier)
    user = database_user_of(made.caller["arn"])
    password, expires = password_for(made, "GetClusterCredentialsWithIAM", user, user, duration)
    return {"DbUser": user, "DbPassword": password, "Expiration": milliseconds(expires),
            "NextRefreshTime": milliseconds(expires - 60)}


@call("redshift", "DescribeClusters", "ClusterIdentifier", "MaxRecords", "Marker")
def describe_clusters(made):
    identifier = made.get("ClusterIdentifier")
    made.authorize("redshift:DescribeClusters", made.arn("redshift", f"cluster:{identifier or '*'}"))
    if identifier:
        found = [cluster_of(made, identifier)]
    else:
        place = (made.region, made.account)
        found = [one for one in made.world.scenario.get("clusters", []) if (one["region"], one["account"]) == place]
    return {"Clusters": {"Cluster": [describe_cluster(cluster) for cluster in found]}}


def describe_cluster(cluster):
    shown = {"ClusterIdentifier": cluster["id"], "NodeType": "ra3.large",
             "ClusterStatus": cluster.get("status", "available"), "MasterUsername": "awsuser", "DBName": "dev"}
    # A cluster that is being made has no endpoint yet.
    if "host" in cluster:
        shown["Endpoint"] = {"Address": cluster["host"], "Port": cluster["port"]}
    return shown | {"PubliclyAccessible": "false", "Encrypted": "true", "NumberOfNodes": 2}


def workgroup_of(made, name):
    workgroup = made.find("workgroups", "name", name)
    if not workgroup:
        raise ServiceError("ResourceNotFoundException", f"Serverless workgroup {name} not found.")
    return workgroup


def workgroup_id(workgroup):
    return uuid.uuid5(uuid.NAMESPACE_DNS, workgroup["name"])


@call("redshift-serverless", "GetCredentials", "workgroupName*", "dbName", "durationSeconds")
def get_credentials(made):
    workgroup = workgroup_of(made, made.get("workgroupName"))
    made.authorize("redshift-serverless:GetCredentials",
                   made.arn("redshift-serverless", f"workgroup/{workgroup_id(workgroup)}"))
    if made.get("dbName"):
        check_name("dbName", made.get("dbName"))
    duration = made.duration("durationSeconds", 900, 3600, 900)
    user = database_user_of(made.caller["arn"])
    password, expires = password_for(made, "GetCredentials", user, user, duration)
    return {"dbUser": user, "dbPassword": password, "expiration": round(expires, 3),
            "nextRefreshTime": round(expires - 60, 3)}


@call("redshift-serverless", "GetWorkgroup", "workgroupName*")
def get_workgroup(made):
    name = made.get("workgroupName")
    workgroup = workgroup_of(made, name)
    arn = made.arn("redshift-serverless", f"workgroup/{workgroup_id(workgroup)}")
    made.authorize("redshift-serverless:GetWorkgroup", arn)
    shown = {"workgroupName": name, "workgroupArn": arn, "workgroupId": str(workgroup_id(workgroup)),
             "namespaceName": name, "status": workgroup.get("status", "AVAILABLE")}
    if "host" in workgroup:
        shown["endpoint"] = {"address": workgroup["host"], "port": workgroup["port"], "vpcEndpoints": []}
    return {"workgroup": shown}


@call("sts", "GetCallerIdentity")
def get_caller_identity(made):
    arn = made.caller["arn"]
    user_id = made.caller.get("user_id", "AIDAEXAMPLEEXAMPLE000")
    return {"UserId": user_id, "Account": made.account, "Arn": arn}


@call("sts", "AssumeRole", "RoleArn*", "RoleSessionName*", "DurationSeconds", "ExternalId")
def assume_role(made):
    role_arn = made.get("RoleArn")
    role = made.world.role(role_arn)
    trusted = role.get("trusted", []) if role else []
    if made.caller["arn"] not in trusted or role.get("external_id") not in (None, made.get("ExternalId")):
        raise CommonError("denied", denial(made.caller, "sts:AssumeRole", role_arn))
    return assumed(made, role)


@call("sts", "AssumeRoleWithWebIdentity", "RoleArn*", "RoleSessionName*", "WebIdentityToken*", "DurationSeconds",
      signed=False)
def assume_role_with_web_identity(made):
    role = made.world.role(made.get("RoleArn"))
    if not role or "web_identity" not in role:
        raise CommonError("denied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
    if made.get("WebIdentityToken") != role["web_identity"]:
        raise ServiceError("InvalidIdentityToken", "The ID Token provided is not a valid JWT.")
    return {"SubjectFromWebIdentityToken": "subject"} | assumed(made, role)


def assumed(made, role):
    duration = made.duration("DurationSeconds", 900, 43200, 3600)
    session = made.world.session(role, made.get("RoleSessionName"), duration)
    return {
        "Credentials": {"AccessKeyId": session["access_key"], "SecretAccessKey": session["secret_key"],
                        "SessionToken": session["session_token"], "Expiration": seconds(session["expires"])},
        "AssumedRoleUser": {"AssumedRoleId": session["user_id"], "Arn": session["arn"]},
    }


@call("secretsmanager", "GetSecretValue", "SecretId*", "VersionId", "VersionStage")
def get_secret_value(made):
    identifier = made.get("SecretId")
    made.authorize("secretsmanager:GetSecretValue", identifier)
    secret = made.find("secrets", "name", identifier) or made.find("secrets", "arn", identifier)
    if not secret or made.get("VersionStage") not in (None, "AWSCURRENT"):
        raise ServiceError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    content = {name: secret[name] for name in ("SecretString", "SecretBinary") if name in secret}
    return {"ARN": secret["arn"], "Name": secret["name"], "VersionId": str(uuid.uuid4()),
            "VersionStages": ["AWSCURRENT"], "CreatedDate": round(made.world.now() - 86400, 3)} | content
