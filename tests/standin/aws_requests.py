"""Calls of boto3 to the endpoints of AWS_ENDPOINT_URL: reads them as JSON, prints their outcomes."""

import json
import os
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

ONCE = Config(retries={"total_max_attempts": 1})


def client(call, shared=boto3.Session()):
    keys = call.get("keys", {})
    for name, value in call.get("environment", {}).items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    # Only a session with keys of its own can be the one of others.
    session = shared if keys else boto3.Session(profile_name=call.get("profile"))
    return session.client(
        call["service"],
        region_name=call.get("region", "eu-west-1"),
        aws_access_key_id=keys.get("access_key"),
        aws_secret_access_key=keys.get("secret_key"),
        aws_session_token=keys.get("session_token"),
        config=ONCE,
    )


def outcome(call):
    try:
        answer = getattr(client(call), call["call"])(**call.get("arguments", {}))
        answer.pop("ResponseMetadata")
        return answer
    except ClientError as error:
        metadata = error.response["ResponseMetadata"]
        status, date = metadata["HTTPStatusCode"], metadata["HTTPHeaders"].get("date")
        return error.response["Error"] | {"Status": status, "Date": date}
    except BotoCoreError as error:
        return {"Code": type(error).__name__, "Message": str(error)}


print(json.dumps([outcome(call) for call in json.loads(sys.argv[1])], default=str))
