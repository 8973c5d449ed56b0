"""A stand-in for the AWS endpoints that a login to Redshift needs, on loopback and without TLS.

Its argument is a folder, where it notes `requests.jsonl` (the calls that came) and `logins.jsonl` (the passwords that
it gave out). Standard input brings JSON objects, one a line: the first is the scenario, later ones replace members of
it, and `inject` adds a fault. A line is answered by the port. At the end of the input the process ends, so that it
never outlives a test.
"""

import json
import os
import re
import secrets
import sys
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

import aws_keys
from aws_calls import CALLS, Call, ServiceError, answer
from aws_signature import EXPIRED, CommonError, caller_of, region_of

QUERY = {"2012-12-01": "redshift", "2011-06-15": "sts"}
NAMESPACES = {
    "redshift": "http://redshift.amazonaws.com/doc/2012-12-01/",
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
}
TARGETS = {"RedshiftServerless": "redshift-serverless", "secretsmanager": "secretsmanager"}
# The code and the status of a common error: those of the query protocol, then those of JSON.
COMMON = {
    "signature": ("SignatureDoesNotMatch", 403, "InvalidSignatureException", 400),
    "unknown_key": ("InvalidClientTokenId", 403, "UnrecognizedClientException", 400),
    "expired": ("ExpiredToken", 403, "ExpiredTokenException", 400),
    "denied": ("AccessDenied", 403, "AccessDeniedException", 400),
    "unsigned": ("MissingAuthenticationToken", 403, "MissingAuthenticationTokenException", 400),
    "incomplete": ("IncompleteSignature", 400, "IncompleteSignatureException", 400),
    "throttle": ("Throttling", 400, "ThrottlingException", 400),
    "unavailable": ("InternalFailure", 500, "InternalServerException", 500),
    "invalid": ("InvalidParameterValue", 400, "ValidationException", 400),
    "missing": ("MissingParameter", 400, "ValidationException", 400),
    "unknown_action": ("InvalidAction", 400, "UnknownOperationException", 400),
}
LOSSES = ["proxy", "hang", "close"]
FAULTS = {
    "throttle": "Rate exceeded",
    "unavailable": "The request processing has failed because of an unknown error, exception or failure.",
    "expired": EXPIRED,
} | dict.fromkeys(LOSSES)
KEY_FAULTS = {
    "throttle": ("TooManyRequestsException", "Rate exceeded", 429),
    "unavailable": ("InternalServerException", "Internal server error", 500),
    "expired": ("UnauthorizedException", "Session token not found or invalid", 401),
}
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class World:
    """The scenario, the sessions that were given out, and the faults to come."""

    def __init__(self, folder):
        self.folder = folder
        self.scenario = {}
        self.sessions = {}
        self.sso_tokens = {}
        self.instance_tokens = set()
        self.faults = []
        self.lock = threading.Lock()

    def change(self, changes):
        with self.lock:
            if "inject" in changes:
                self.faults.append({"times": 1} | changes.pop("inject"))
            self.scenario |= changes

    def now(self):
        """AWS's time, which may differ from this machine's."""
        return time.time() + self.scenario.get("clock", 0)

    def take(self, action, kinds):
        """The next fault of these kinds for this call, which is then used up once."""
        with self.lock:
            for fault in self.faults:
                if fault["times"] > 0 and fault["action"] in (action, "*") and fault["fault"] in kinds:
                    fault["times"] -= 1
                    return fault["fault"]
        return None

    def note(self, name, entry):
        with self.lock, open(os.path.join(self.folder, f"{name}.jsonl"), "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")

    def identity(self, access_key):
        if access_key in self.sessions:
            return self.sessions[access_key]
        for identity in self.scenario.get("identities", []):
            if identity["access_key"] == access_key:
                return identity
        return None

    def role(self, arn):
        return next((role for role in self.scenario.get("roles", []) if role["arn"] == arn), None)

    def session(self, role, name, duration):
        """New temporary credentials of a role."""
        account, role_name = role["arn"].split(":")[4], role["arn"].rsplit("/", 1)[-1]
        session = {
            "access_key": f"ASIA{secrets.token_hex(8).upper()}",
            "secret_key": secrets.token_urlsafe(30),
            "session_token": f"{secrets.token_urlsafe(60)}+/==",
            "arn": f"arn:aws:sts::{account}:assumed-role/{role_name}/{name}",
            "user_id": f"AROAEXAMPLEEXAMPLE000:{name}",
            "expires": self.now() + self.scenario.get("session_validity", duration),
            "denied": role.get("denied", []),
        }
        with self.lock:
            self.sessions[session["access_key"]] = session
        return session


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    world = None

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return super().date_time_string(self.world.now() if timestamp is None else timestamp)

    def do_GET(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        given = aws_keys.serve(self.world, self.command, self.path, self.headers, self.body)
        if given:
            self.give(*given)
        elif self.command == "POST":
            self.serve()
        else:
            self.send(404, {}, "")

    do_POST = do_PUT = do_GET

    def give(self, service, action, parameters, make):
        """Answers a request for keys."""
        fault = self.world.take(action, FAULTS)
        headers = {"Content-Type": "application/json"}
        if self.headers.get(aws_keys.TTL):
            headers[aws_keys.TTL] = self.headers[aws_keys.TTL]
        try:
            if fault and fault not in LOSSES:
                raise ServiceError(*KEY_FAULTS[fault])
            body, outcome, status = None if fault else make(), fault or "ok", 200
        except ServiceError as error:
            body, outcome, status = json.dumps({"message": error.message}), error.code, error.status
            headers["x-amzn-ErrorType"] = f"{error.code}:"
        self.note(service, action, None, parameters, outcome)
        if fault in LOSSES:
            self.lose(fault)
        else:
            self.send(status, headers, body)

    def serve(self):
        """Answers a call of a service."""
        service, action, parameters = self.call()
        region = region_of(self.headers)
        fault = self.world.take(action, FAULTS)
        if fault in LOSSES:
            self.note(service, action, region, parameters, fault)
            return self.lose(fault)
        try:
            result, outcome, status = self.answer(service, action, parameters, region, fault), "ok", 200
        except CommonError as error:
            code, status, json_code, json_status = COMMON[error.kind]
            if service not in NAMESPACES:
                code, status = json_code, json_status
            result, outcome = self.error(service, error.kind, code, error.message), code
        except ServiceError as error:
            result, outcome, status = self.error(service, None, error.code, error.message), error.code, error.status
        self.note(service, action, region, parameters, outcome)
        return self.reply(service, status, result, None if outcome == "ok" else outcome)

    def call(self):
        """The service, the action and the parameters that a request names."""
        if "X-Amz-Target" in self.headers:
            prefix, _, action = self.headers["X-Amz-Target"].partition(".")
            return TARGETS.get(prefix, prefix), action, json.loads(self.body or b"{}")
        parameters = dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))
        service = QUERY.get(parameters.pop("Version", None), "sts")
        return service, parameters.pop("Action", ""), parameters

    def answer(self, service, action, parameters, region, fault):
        """The body of the answer to a call."""
        if (service, action) not in CALLS or self.path != "/":
            raise CommonError("unknown_action", f"The action {action} is not valid for this endpoint.")
        is_signed = CALLS[service, action][-1]
        caller = is_signed and caller_of(self, service, self.world.identity, self.world.now())
        if fault:
            raise CommonError(fault, FAULTS[fault])
        result = answer(service, action, Call(self.world, caller, region, parameters))
        if service not in NAMESPACES:
            return json.dumps(result)
        return (f'<{action}Response xmlns="{NAMESPACES[service]}"><{action}Result>{xml(result)}</{action}Result>'
                f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata></{action}Response>")

    def error(self, service, kind, code, message):
        if service not in NAMESPACES:
            return json.dumps({"__type": code, "Message" if kind == "denied" else "message": message})
        return (f'<ErrorResponse xmlns="{NAMESPACES[service]}"><Error><Type>Sender</Type><Code>{code}</Code>'
                f"<Message>{escape(message)}</Message></Error><RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>")

    def note(self, service, action, region, parameters, outcome):
        hidden = {"WebIdentityToken"}
        shown = {name: "***" if name in hidden else value for name, value in parameters.items()}
        key = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        self.world.note("requests", {"service": service, "action": action, "region": region, "parameters": shown,
                                     "access_key": key and key[1], "outcome": outcome})

    def reply(self, service, status, body, error):
        kind = "text/xml" if service in NAMESPACES else "application/x-amz-json-1.1"
        headers = {"x-amzn-RequestId": str(uuid.uuid4()), "Content-Type": kind}
        if error and service not in NAMESPACES:
            headers["x-amzn-ErrorType"] = f"{error}:http://internal.amazon.com/coral/com.amazon.coral.service/"
        self.send(status, headers, body)

    def send(self, status, headers, body):
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body.encode()))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())

    def lose(self, fault):
        """Loses a call as a proxy, a silent server or a broken connection does."""
        if fault == "proxy":
            return self.send(502, {"Content-Type": "text/html", "Server": "proxy"}, PROXY_PAGE)
        if fault == "hang":
            # Silence lasts until the client leaves.
            self.connection.recv(1)
        self.close_connection = True
        return None


def xml(value):
    """The elements of a result: a list repeats its element."""
    if isinstance(value, dict):
        return "".join(f"<{name}>{xml(one)}</{name}>" for name, many in value.items()
                       for one in (many if isinstance(many, list) else [many]))
    return escape(str(value))


def main():
    world = Handler.world = World(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        world.change(json.loads(line))
        print(server.server_address[1], flush=True)
    # The threads of hanging calls end with the process.
    os._exit(0)


main()
