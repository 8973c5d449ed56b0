"""The endpoints that give out keys to those who have none: the SSO portal with its tokens, containers and instances.

Requests and results of SSO are those of botocore's service models; the rest is what botocore asks and reads.
"""

import json
import secrets
import time
from urllib.parse import parse_qsl, urlsplit

from aws_calls import ServiceError, seconds

VALIDITY = 3600
# The validity that is asked for a token of instance metadata, which the answer repeats.
TTL = "X-aws-ec2-metadata-token-ttl-seconds"
INSTANCE = "/latest/meta-data/iam/security-credentials/"


def serve(world, method, target, headers, body):
    """The service, the action, its parameters, and a function that makes the answer; None for an unknown path."""
    url = urlsplit(target)
    query = dict(parse_qsl(url.query))
    if (method, url.path) == ("GET", "/federation/credentials"):
        token = headers.get("x-amz-sso_bearer_token")
        return "sso", "GetRoleCredentials", query, lambda: role_credentials(world, query, token)
    if (method, url.path) == ("POST", "/token"):
        asked = json.loads(body)
        shown = {"grantType": asked.get("grantType")}
        return "sso-oidc", "CreateToken", shown, lambda: token_of(world, asked)
    if (method, url.path) == ("GET", "/container"):
        return "container", "GetCredentials", query, lambda: container_credentials(world, headers.get("Authorization"))
    if url.path.startswith("/latest/"):
        return "instance", "GetMetadata", {"path": url.path}, lambda: instance(world, method, url.path, headers)
    return None


def session_of(world, arn, name):
    return world.session(world.role(arn) or {"arn": arn}, name, VALIDITY)


def role_credentials(world, query, token):
    granted = [grant for grant in world.scenario.get("sso", []) if world.sso_tokens.get(token, token) == grant["token"]]
    if not granted:
        raise ServiceError("UnauthorizedException", "Session token not found or invalid", 401)
    account, role = query.get("account_id"), query.get("role_name")
    if not any((grant["account"], grant["role"]) == (account, role) for grant in granted):
        raise ServiceError("ForbiddenException", "No access", 403)
    arn = f"arn:aws:iam::{account}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_{role}_0123456789abcdef"
    session = session_of(world, arn, "someone")
    return json.dumps({"roleCredentials": {
        "accessKeyId": session["access_key"],
        "secretAccessKey": session["secret_key"],
        "sessionToken": session["session_token"],
        "expiration": int(session["expires"] * 1000),
    }})


def token_of(world, asked):
    """A new token of the portal for a refresh token."""
    for grant in world.scenario.get("sso", []):
        if asked.get("grantType") == "refresh_token" and asked.get("refreshToken") == grant.get("refresh_token", ""):
            token = secrets.token_urlsafe(30)
            world.sso_tokens[token] = grant["token"]
            return json.dumps({"accessToken": token, "tokenType": "Bearer", "expiresIn": VALIDITY,
                               "refreshToken": grant["refresh_token"]})
    raise ServiceError("InvalidGrantException", "Invalid refresh token provided")


def container_credentials(world, token):
    container = world.scenario.get("container")
    if not container or token != container["token"]:
        raise ServiceError("Unauthorized", "the token is wrong", 401)
    return json.dumps(keys_of(session_of(world, container["role"], "task")) | {"RoleArn": container["role"]})


def keys_of(session):
    return {"AccessKeyId": session["access_key"], "SecretAccessKey": session["secret_key"],
            "Token": session["session_token"], "Expiration": seconds(session["expires"])}


def instance(world, method, path, headers):
    """Metadata of an instance, version 2: each request has a token that a PUT gave out."""
    if (method, path) == ("PUT", "/latest/api/token"):
        if not headers.get(TTL, "").isdigit():
            raise ServiceError("BadRequest", "the validity of the token is missing", 400)
        if world.scenario.get("instance") is None:
            raise ServiceError("Forbidden", "the instance gives out no metadata", 403)
        token = secrets.token_urlsafe(40)
        world.instance_tokens.add(token)
        return token
    if method != "GET" or headers.get("X-aws-ec2-metadata-token") not in world.instance_tokens:
        raise ServiceError("Unauthorized", "the token is wrong", 401)
    place = world.scenario.get("instance", {})
    name = place.get("role", "").rsplit("/", 1)[-1]
    if path == "/latest/meta-data/placement/region" and place:
        return place["region"]
    if path == INSTANCE and place:
        return name
    if path == INSTANCE + name and place:
        updated = {"Code": "Success", "LastUpdated": seconds(time.time()), "Type": "AWS-HMAC"}
        return json.dumps(updated | keys_of(session_of(world, place["role"], "i-0123456789abcdef0")))
    raise ServiceError("NotFound", "there is no such page", 404)
