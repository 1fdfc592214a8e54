"""A made-up village from which two clients ask to be expunged.

The search below shares nothing with the product's own: it knows the values from the
deliveries' tables and reads bytes and columns.
"""

import json
import os
import shutil
import signal
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import ledger, replay
from dagster_project.erasure import register
from dagster_project.warehouse import SETTINGS
from tests.commands import Call, anew
from tests.finished_runs import AS_OF, environment

LATER = "2026-07-06T12:00:00"
pytestmark = pytest.mark.city


def die_at(module: str, step: str) -> None:
    """Let this process be killed where a step begins."""
    setattr(import_module(f"dagster_project.erasure.{module}"), step, _die)


def _die(*told: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Home:
    """A landing folder, a warehouse, and what was printed."""

    def __init__(self, folder: Path) -> None:
        self.landing = folder / "landing"
        self.folder = folder / "home"
        self.warehouse = self.folder / "warehouse.duckdb"
        self.printed = ""

    @property
    def environment(self) -> dict[str, str]:
        logs = {"DBT_LOG_PATH": str(self.folder / "dbt_logs")}
        return environment(self.landing, self.folder) | logs

    def run(self, *arguments: str, killed_at: tuple[str, str] | None = None) -> int:
        before = partial(die_at, *killed_at) if killed_at else None
        call = Call(*arguments, environment=self.environment, before=before)
        self.printed = "".join(call.communicate())
        return call.returncode

    def run_anew(self, *arguments: str) -> int:
        done = anew(*arguments, environment=self.environment)
        self.printed = done.stdout + done.stderr
        return done.returncode

    def ask(self, question: str, *values: object) -> list[tuple]:
        path = str(self.warehouse)
        with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
            return connection.execute(question, list(values)).fetchall()

    def persons(self) -> dict[str, set[str]]:
        found = defaultdict(set)
        for record, person in self.ask(
            "select client_record_id, person_id from linkage.client_links "
            "where person_id is not null"
        ):
            found[person].add(record)
        return found


@pytest.fixture(scope="module")
def home(village_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a village after one run."""
    folder = tmp_path_factory.mktemp("expunged")
    for name in ("landing", "home"):
        shutil.copytree(village_run / name, folder / name)
    return Home(folder)


def glue(home: Home) -> tuple[str, set[str], set[str]]:
    """Return a record that alone holds a person together, and what it holds.

    Of several that one whose two sides are least alike: no likeness is to join them
    again without it.
    """
    near = defaultdict(set)
    likely = defaultdict(float)
    for left, right, probability in home.ask(
        "select client_record_id_l, client_record_id_r, match_probability "
        "from linkage.candidate_pairs"
    ):
        likely[frozenset((left, right))] = probability
        if probability >= 0.5:
            near[left].add(right)
            near[right].add(left)
    found = []
    for records in home.persons().values():
        for record in sorted(records) if len(records) > 2 else ():
            rest = records - {record}
            one, waiting = set(), [min(rest)]
            while waiting:
                here = waiting.pop()
                one.add(here)
                waiting += (near[here] & rest) - one
            if one != rest:
                other = rest - one
                across = max(likely[frozenset((a, b))] for a in one for b in other)
                found.append((across, record, one, other))
    clearest = min(found, default=(1.0,), key=lambda option: option[:2])
    assert clearest[0] < 0.01, "this city has nobody whom one record holds together"
    return clearest[1:]


def values_of(home: Home, records: set[str]) -> list[tuple[str, ...]]:
    """Return what may be found nowhere: each ids' and numbers' words, names with dates.

    What a delivered row of another client says too is left out.
    """
    told = home.ask(
        "select client_record_id, first_name, last_name, dob, ssn "
        "from intermediate.int_client_records where client_record_id in "
        "(select unnest(?))",
        sorted(records),
    )
    others = home.ask(
        "select first_name, last_name, dob, ssn from intermediate.int_client_records "
        "where client_record_id not in (select unnest(?))",
        sorted(records),
    )
    shared = {row[:3] for row in others}, {row[3] for row in others}
    found = [(record.split(":", 2)[2],) for record in records]
    for _, first, last, born, ssn in told:
        if first and last and born and (first, last, born) not in shared[0]:
            found.append((first, last, born))
        if ssn and len(ssn) == 9 and ssn not in shared[1]:
            found += [(ssn,), (f"{ssn[:3]}-{ssn[3:5]}-{ssn[5:]}",)]
    return sorted(set(found))


def left(home: Home, values: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    """Return where any of the values stands: in a row of a table, or a file's bytes."""
    found = []
    for path in (home.warehouse, home.folder / "marts.duckdb"):
        with duckdb.connect(str(path), read_only=True, config=SETTINGS) as connection:
            tables = connection.sql(
                "select schema_name, table_name from duckdb_tables()"
            ).fetchall()
            for schema, table in tables:
                rows = connection.sql(f'from "{schema}"."{table}"').fetchall()
                for row in rows:
                    text = " ".join(str(value) for value in row)
                    found += [
                        (f"{schema}.{table}", words[0])
                        for words in values
                        if all(word in text for word in words)
                    ]
    for path in sorted(home.folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            found += [
                (path.name, words[0])
                for words in values
                if len(words) == 1 and words[0].encode() in data
            ]
    return found


def is_balanced(home: Home) -> bool:
    """Say whether the ledger's sums are the rows that are there."""
    tables = [
        table
        for (table,) in home.ask(
            "select table_name from duckdb_columns() where schema_name = 'raw' "
            "and column_name = '_row_number'"
        )
    ]
    loaded = sum(home.ask(f"select count(*) from raw.{t}")[0][0] for t in tables)
    held = home.ask("select count(*) from raw.quarantined_rows")[0][0]
    sums = home.ask(
        "select sum(rows_loaded), sum(rows_quarantined), sum(rows_in) "
        "from raw.deliveries where status = 'taken'"
    )[0]
    return sums == (loaded, held, loaded + held)


def raw_rows(path: Path) -> dict[str, list[tuple]]:
    with duckdb.connect(str(path), read_only=True, config=SETTINGS) as connection:
        tables = connection.sql(
            "select distinct table_name from duckdb_columns() "
            "where schema_name = 'raw' and column_name = '_row_number' order by all"
        ).fetchall()
        return {
            t: connection.sql(f"from raw.{t} order by all").fetchall()
            for (t,) in tables
        }


@dataclass(frozen=True)
class Expunged:
    """Who was taken out of a village, and what may be found nowhere since.

    Attributes:
        record: A client record that held a person together.
        one: What it held to one side.
        other: What it held to the other side.
        person: Somebody else, known to many departments.
        records: The client records of that person.
        values: What was delivered of record and person.
    """

    record: str
    one: set[str]
    other: set[str]
    person: str
    records: set[str]
    values: list[tuple[str, ...]]


WHY = ("--reason", "asked in writing", "--by", "Mahliyo Qodirova")
OTHER_WHY = ("--reason", "asked", "--by", "Yaw")


@pytest.fixture(scope="module")
def expunged(home: Home) -> Expunged:
    """Take a person out, killed at the end, and a record, killed before a row is gone.

    The second command again goes on with both: for the person it is the next run.
    """
    before = home.persons()
    kept = glue(home)[0]
    person, records = max(
        (
            (person, records)
            for person, records in before.items()
            if {r.split(":")[0] for r in records} >= {"hsh", "dph", "fire"}
            and kept not in records
        ),
        key=lambda found: (-len(found[1]), found[0]),
    )
    values = values_of(home, records)
    assert any(len(words) == 3 for words in values)
    late = ("expunge", "--person", person, *OTHER_WHY, "--as-of", LATER)
    killed = home.run(*late, killed_at=("proving", "rewrite"))
    assert killed == -signal.SIGKILL, home.printed

    record, one, other = glue(home)
    (neighbour, *_) = sorted(one)
    decided = home.run_anew(
        "decide", "must-link", record, neighbour, "--reason", "met", "--by", "Noor"
    )
    assert decided == 0, home.printed
    about = ("--client-record", record, "--purpose", "case_conference")
    assert home.run_anew("consent", "object", *about, *WHY) == 0, home.printed
    told = values_of(home, {record})
    assert left(home, told), "the search finds nothing even before"
    command = ("expunge", "--client-record", record, *WHY, "--as-of", LATER)
    rows = home.ask("select sum(rows_in) from raw.deliveries")
    killed = home.run(*command, killed_at=("carrying_out", "take_out"))
    assert killed == -signal.SIGKILL, home.printed
    assert register.read(home.folder).find(record), "registered before anything is gone"
    assert home.ask("select sum(rows_in) from raw.deliveries") == rows
    assert len(open_orders(home)) == 2

    assert home.run_anew(*command) == 0, home.printed
    assert "Going on with erasure" in home.printed
    assert open_orders(home) == []
    return Expunged(record, one, other, person, records, values + told)


def open_orders(home: Home) -> list[Path]:
    return list((home.folder / "erasures").glob("*.open.json"))


def manifest_of(home: Home, why: tuple[str, ...]) -> Path:
    """Return the manifest of what was asked for with these words."""
    (found,) = (
        path
        for path in (home.folder / "erasures").glob("*.json")
        if json.loads(path.read_text())["reason"] == why[1]
    )
    return found


def test_nothing_of_whom_was_taken_out_is_left(home, expunged) -> None:
    assert left(home, expunged.values) == []
    assert is_balanced(home)
    for name in ("decisions.jsonl", "consents.jsonl"):
        told = (home.folder / name).read_text()
        assert expunged.record not in told and register.PREFIX in told, name


def test_what_a_record_glued_comes_apart(home, expunged) -> None:
    persons = {r: p for p, records in home.persons().items() for r in records}
    # A record that says too little to be linked without the other has no person.
    assert {persons.get(r) for r in expunged.one}.isdisjoint(
        {persons.get(r) for r in expunged.other} - {None}
    )
    manifest = manifest_of(home, WHY).read_text()
    assert json.loads(manifest)["identity_events"]["unlink"] >= 1
    assert expunged.record not in manifest


def test_a_person_of_many_departments_is_gone_after_a_kill_and_a_run(
    home, expunged
) -> None:
    told = json.loads(manifest_of(home, OTHER_WHY).read_text())
    assert len(told["client_records"]) >= len(expunged.records)
    assert len(told["persons"]) == 1
    assert set(told["erased_rows"]) >= {"hsh_client", "dph_patient", "fire_epcr"}
    asked = "select * from linkage.persons where person_id = ?"
    assert home.ask(asked, expunged.person) == []
    again = home.run("expunge", "--person", expunged.person, *OTHER_WHY)
    assert (again, "knew no person" in home.printed) == (1, True)


def test_the_manifest_verifies_and_a_changed_one_does_not(home, expunged) -> None:
    file = manifest_of(home, OTHER_WHY)
    assert home.run("expunge", "--verify", str(file)) == 0, home.printed
    changed = home.folder.parent / "changed.json"
    told = json.loads(file.read_text())
    changed.write_text(json.dumps(told | {"reason": "a mistake"}))
    assert home.run("expunge", "--verify", str(changed)) == 1
    assert "not what was signed" in home.printed


def test_neither_a_rebuild_nor_a_replay_brings_anybody_back(home, expunged) -> None:
    fresh = home.folder.parent / "rebuilt"
    fresh.mkdir()
    for name in (register.FILE, register.KEY_FILE):
        shutil.copy(home.folder / name, fresh / name)
    with duckdb.connect(str(fresh / "warehouse.duckdb"), config=SETTINGS) as connection:
        ledger.take_all(
            connection, home.landing, clock=lambda: datetime.fromisoformat(AS_OF)
        )
    assert raw_rows(fresh / "warehouse.duckdb") == raw_rows(home.warehouse)
    told = json.loads(manifest_of(home, OTHER_WHY).read_text())
    delivery = min(told["erased_rows"]["hsh_client"])
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as connection:
        said = replay.replay(connection, home.landing, delivery)
    assert "nothing changed" in said


def test_whoever_was_never_there_is_not_expunged(home, expunged) -> None:
    why = ("--reason", "asked", "--by", "Noor")
    assert home.run("expunge", "--client-record", "hsh:hmis:nobody", *why) == 1
    assert "No delivered row is about" in home.printed
    assert home.run("expunge", "--client-record", "hsh:hmis:1", "--by", "Noor") == 1
    assert "--reason" in home.printed
    assert home.run_anew("retention", "--dry-run", "--as-of", LATER) == 0, home.printed
    assert "raw: 1825 days after the last contact" in home.printed
