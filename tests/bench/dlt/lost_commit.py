"""Loses the answer to the COMMIT of a load, once with dlt and once with a job of redwire.

    python3 -m venv env && env/bin/pip install 'dlt[postgres]'
    env/bin/python tests/bench/dlt/lost_commit.py target/release/redwire \
        postgresql://USER:PASSWORD@127.0.0.1:5432/DATABASE

Makes the schemas lost_source, lost_dlt and lost_redwire anew, loads 1,000 rows with each program
through a proxy, and prints how many are there. dlt gives each row a unique id; Redshift enforces
no unique keys, so dlt runs with and without them. The server is asked for no TLS.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import threading
from urllib.parse import urlsplit

os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"

import dlt
import psycopg2
from dlt.destinations import postgres
from dlt.pipeline.exceptions import PipelineStepFailed

ROWS = 1000


class Proxy:
    """Passes all on, but hangs up in place of the first answer to a COMMIT behind `write`."""

    def __init__(self, server, write):
        self.server, self.write, self.lost = server, write.lower().encode(), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client):
        server = socket.create_connection(self.server)
        state = {"is_commit_sent": False}
        threading.Thread(target=self.answer, args=(server, client, state), daemon=True).start()
        sent = b""
        while data := client.recv(1 << 16):
            sent += data.lower()
            written = sent.find(self.write)
            if not self.lost and written >= 0 and b"commit" in sent[written:]:
                self.lost, state["is_commit_sent"] = 1, True
            server.sendall(data)
        server.close()

    def answer(self, server, client, state):
        with contextlib.suppress(OSError):
            while data := server.recv(1 << 16):
                if state["is_commit_sent"]:
                    # The server has ended the transaction, or it would not answer.
                    break
                client.sendall(data)
            client.shutdown(socket.SHUT_RDWR)


def load_by_dlt(url, port, enforces_keys):
    destination = postgres(
        url._replace(netloc=f"{url.username}:{url.password}@127.0.0.1:{port}").geturl(),
        create_indexes=enforces_keys,
    )
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "lost", pipelines_dir=folder, destination=destination, dataset_name="lost_dlt"
        )
        rows = ({"id": number} for number in range(ROWS))
        try:
            load = pipeline.run(rows, table_name="t", write_disposition="append")
        except PipelineStepFailed:
            return "failed"
        return "failed" if load.has_failed_jobs else "loaded"


def load_by_redwire(url, port, redwire):
    script = f"""
        CREATE REDSHIFT CONNECTION w USER_NAME = '{url.username}' PASSWORD = '{url.password}'
            CONNECTION_STRING = 'jdbc:redshift://127.0.0.1:{port}{url.path}?sslmode=disable';
        CREATE JOB j AS INSERT INTO w.lost_redwire.t SELECT s.id FROM w.lost_source.t s;
        RUN JOB j;
    """
    done = subprocess.run(
        [redwire, "--ephemeral"], input=script, text=True, stdout=subprocess.DEVNULL
    )
    return "loaded" if done.returncode == 0 else "failed"


def main():
    redwire, url = sys.argv[1], urlsplit(sys.argv[2])
    connection = psycopg2.connect(url.geturl())
    connection.autocommit = True
    cursor = connection.cursor()
    version = subprocess.run([redwire, "--version"], capture_output=True, text=True, check=True)
    dlt_name = f"dlt {dlt.__version__}"
    for name, schema, write, load in [
        (
            f"{dlt_name}, keys enforced",
            "lost_dlt",
            'INSERT INTO "lost_dlt"."t"',
            lambda port: load_by_dlt(url, port, True),
        ),
        (
            f"{dlt_name}, no keys enforced",
            "lost_dlt",
            'INSERT INTO "lost_dlt"."t"',
            lambda port: load_by_dlt(url, port, False),
        ),
        (
            version.stdout.strip(),
            "lost_redwire",
            "INSERT INTO lost_redwire.t",
            lambda port: load_by_redwire(url, port, redwire),
        ),
    ]:
        for made in ["lost_source", "lost_dlt", "lost_dlt_staging", "lost_redwire"]:
            cursor.execute(f"DROP SCHEMA IF EXISTS {made} CASCADE")
        cursor.execute(
            "CREATE SCHEMA lost_source; CREATE SCHEMA lost_redwire; "
            f"CREATE TABLE lost_source.t AS SELECT generate_series(1, {ROWS}) AS id; "
            "CREATE TABLE lost_redwire.t (id int)"
        )
        proxy = Proxy((url.hostname, url.port or 5432), write)
        end = load(proxy.port)
        cursor.execute(f"SELECT count(*), count(DISTINCT id) FROM {schema}.t")
        rows, different = cursor.fetchone()
        print(f"{name}: {proxy.lost} answer lost, {end}, {rows} rows, {different} different")


main()
