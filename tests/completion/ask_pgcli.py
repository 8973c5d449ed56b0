"""Asks pgcli for the names of queries.sql, as mod.rs asks redwire: python ask_pgcli.py [--each]"""

import os
import re
import sys

from pgcli.packages.parseutils.meta import FunctionMetadata
from pgcli.pgcompleter import PGCompleter
from prompt_toolkit.document import Document

HERE = os.path.dirname(os.path.abspath(__file__))
LETTERS, FIRST = 3, 5


def read(name):
    with open(os.path.join(HERE, name), encoding="utf-8") as file:
        return file.read()


tables = [line.split() for line in read("tables.txt").splitlines()]
completer = PGCompleter(smart_completion=True)
completer.extend_schemata(["public"])
completer.extend_relations([("public", table) for table, *_ in tables], kind="tables")
completer.extend_columns(
    [
        ("public", table, column, "text", False, None)
        for table, *columns in tables
        for column in columns
    ],
    kind="tables",
)
# pgcli offers functions of the schema public alone.
completer.extend_functions(
    [
        FunctionMetadata("public", name, [], [], [], "text", False, False, False, False, None)
        for name in read("../../src/sql/keyword/functions.txt").lower().split()
    ]
)
completer.set_search_path(["public"])
total = found = 0
for marked in re.split(r"(?<=;)\n", read("queries.sql")):
    plain = re.sub("[⟦⟧]", "", marked)
    for spot in re.finditer("⟦(.*?)⟧", marked):
        name = spot[1]
        before = re.sub("[⟦⟧]", "", marked[: spot.start()]) + name[:LETTERS]
        text = before + re.sub("[⟦⟧]", "", marked[spot.end() :])
        document = Document(text.lstrip(), len(before) - (len(text) - len(text.lstrip())))
        candidates = [c.text for c in completer.get_completions(document, None)]
        names = [c.rpartition(".")[2].strip(" ();\"").lower() for c in candidates[:FIRST]]
        total += 1
        found += name.lower() in names
        if "--each" in sys.argv and name.lower() not in names:
            print(name, repr(before[-40:]), candidates[:FIRST])
    completer.extend_query_history(plain)
print(f"{found} of {total}")
