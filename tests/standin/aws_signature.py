"""Checks the signature of a request (AWS Signature Version 4) with botocore's signer, which is AWS's own."""

import calendar
import hashlib
import hmac
import re
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

TOLERANCE = 300
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]*)/([^/]*)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})"
)
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key"
    " and signing method. Consult the service documentation for details."
)
UNKNOWN = "The security token included in the request is invalid."
EXPIRED = "The security token included in the request is expired"


class CommonError(Exception):
    """An error that every service has, and each protocol spells in its own way."""

    def __init__(self, kind, message):
        super().__init__(kind)
        self.kind = kind
        self.message = message


def region_of(headers):
    """The region that the request is signed for, of a request that may be signed wrongly."""
    scope = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    return scope and scope[3]


def caller_of(request, service, find, now):
    """The identity that signed the request; `find` gives the identity of an access key."""
    if "Authorization" not in request.headers:
        raise CommonError("unsigned", "Request is missing Authentication Token")
    scope = AUTHORIZATION.fullmatch(request.headers["Authorization"])
    if not scope:
        raise CommonError("incomplete", "Authorization header requires existence of 'Credential', 'SignedHeaders' and"
                          " 'Signature' parameters.")
    key, day, region, signed_service, names, signature = scope.groups()
    date = request.headers.get("X-Amz-Date", "")
    check_scope(day, region, signed_service, date, service)
    check_headers(request.headers, names.split(";"))
    check_clock(date, now)
    identity = find(key)
    if not identity or request.headers.get("X-Amz-Security-Token") != identity.get("session_token"):
        raise CommonError("unknown_key", UNKNOWN)
    if not hmac.compare_digest(signature, expected(request, identity, region, service, names.split(";"))):
        raise CommonError("signature", MISMATCH)
    if identity.get("expires", now + 1) <= now:
        raise CommonError("expired", EXPIRED)
    return identity


def check_scope(day, region, signed_service, date, service):
    if not REGION.fullmatch(region):
        raise CommonError("signature", f"Credential should be scoped to a valid region, not '{region}'. ")
    if signed_service != service:
        raise CommonError("signature", f"Credential should be scoped to correct service: '{service}'. ")
    if not date.startswith(day):
        raise CommonError("signature", "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date"
                          f" from HTTP: '{day}' != '{date[:8]}', from '{date}'.")


def check_headers(headers, signed):
    if "host" not in signed:
        raise CommonError("signature", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    for name in headers:
        if name.lower().startswith("x-amz-") and name.lower() not in signed:
            raise CommonError("signature", f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def check_clock(date, now):
    try:
        signed_at = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise CommonError("incomplete", f"Date must be in ISO-8601 'basic format'. Got '{date}'.") from None
    if signed_at < now - TOLERANCE:
        raise CommonError("signature", f"Signature expired: {date} is now earlier than {basic(now - TOLERANCE)}"
                          f" ({basic(now)} - 5 min.)")
    if signed_at > now + TOLERANCE:
        raise CommonError("signature", f"Signature not yet current: {date} is still later than {basic(now + TOLERANCE)}"
                          f" ({basic(now)} + 5 min.)")


def expected(request, identity, region, service, names):
    """The signature that botocore makes of the same request."""
    if request.headers.get("X-Amz-Content-SHA256") not in (None, hashlib.sha256(request.body).hexdigest()):
        raise CommonError("signature", MISMATCH)
    headers = {name: request.headers.get(name, "") for name in names}
    url = f"http://{request.headers['Host']}{request.path}"
    copy = AWSRequest(method=request.command, url=url, headers=headers, data=request.body)
    copy.context["timestamp"] = request.headers["X-Amz-Date"]
    signer = SigV4Auth(Credentials(identity["access_key"], identity["secret_key"]), service, region)
    return signer.signature(signer.string_to_sign(copy, signer.canonical_request(copy)), copy)


def basic(moment):
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(moment))
