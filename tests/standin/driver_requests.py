"""What AWS's Python driver sees of a server: reads connections as JSON from its arguments, prints what came of them."""

import json
import sys

import redshift_connector


def converse(options):
    with redshift_connector.connect(**options) as connection, connection.cursor() as cursor:
        seen = {"parameters": {k.decode(): v.decode() for k, v in connection.parameter_statuses}}
        cursor.execute("SET datestyle TO 'ISO, DMY'")
        seen["reported"] = [value.decode() for value in connection.parameter_statuses[-1]]
        cursor.execute("SELECT version()")
        seen["version"] = cursor.fetchone()[0]
        cursor.execute(
            "SELECT 1::smallint, 2::int, 3::bigint, 4.50::numeric(10, 2), 5.5::real, 6.25::double precision, true,"
            " 'süß'::varchar(9), 'x'::char(3), date '2026-01-02', timestamp '2026-01-02 03:04:05.6', null::int"
        )
        seen["types"] = [column[1] for column in cursor.description]
        seen["values"] = [repr(value) for value in cursor.fetchone()]
        cursor.execute("SELECT %s || '!', %s + 1", ("it's \\ so", 41))
        seen["bound"] = list(cursor.fetchone())
        cursor.execute("CREATE TABLE t (a int)")
        connection.rollback()
        seen["rolled_back"] = failure(cursor, "SELECT * FROM t")
        connection.rollback()
        cursor.execute("CREATE TABLE t (a int)")
        connection.commit()
        cursor.executemany("INSERT INTO t VALUES (%s)", [(1,), (2,)])
        cursor.execute("TRUNCATE t")
        cursor.execute("INSERT INTO t VALUES (3)")
        connection.rollback()
        cursor.execute("SELECT count(*) FROM t")
        seen["after_truncate"] = cursor.fetchone()[0]
        seen["refused"] = failure(cursor, "INSERT INTO t VALUES (%s)\nRETURNING a", (1,))
        connection.rollback()
        cursor.execute("SELECT table_name, column_name FROM svv_columns WHERE table_schema = 'public'")
        seen["columns"] = [list(row) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE t")
        connection.commit()
        return seen


def failure(cursor, *arguments):
    try:
        cursor.execute(*arguments)
    except redshift_connector.Error as error:
        fields = error.args[0]
        return {"fields": "".join(sorted(fields))} | {k: fields.get(k) for k in ("S", "C", "M", "D")}


def outcome(options):
    try:
        return converse(options)
    except (redshift_connector.Error, ConnectionAbortedError) as error:
        return {"error": error.args[0]}


print(json.dumps([outcome(json.loads(options)) for options in sys.argv[1:]]))
