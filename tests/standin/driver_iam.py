"""Logins of AWS's Python driver by IAM: reads connections as JSON from its argument, prints what came of them."""

import json
import sys

import redshift_connector


def outcome(options):
    try:
        with redshift_connector.connect(iam=True, iam_disable_cache=True, **options) as connection:
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_user")
                return {"user": cursor.fetchone()[0]}
    except (redshift_connector.Error, ConnectionAbortedError) as error:
        return {"error": error.args[0]}


print(json.dumps([outcome(options) for options in json.loads(sys.argv[1])]))
