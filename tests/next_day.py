"""The village's next day: its home encrypted, stopped by a broken promise, gone on.

Belongs here: making it and looking into it. Does not belong here: what must hold of it,
which is in ``faults``, ``shared_warehouse`` and ``test_nothing_leaks``: one run serves
them all.

The case conference took up three people; one is only nominated. One of the three
objects. A delivery breaks a promise and clients stand there twice, which a steward
mends both, and an amendment comes late.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import arriving
from dagster_project.departments.ledger import take_all
from dagster_project.encryption import KEY, KEY_FILE
from dagster_project.warehouse import open_warehouse
from tests.commands import Call
from tests.faults.troubled_village import AROHA, contact, team_log
from tests.finished_runs import AS_OF, environment

SECRET = "c0ffee" * 10 + "feed"
"""The warehouse's key."""
LATE = "team_log_20260704T120000.csv"
"""A delivery that comes after the village's run."""
LATER = "2026-07-06T12:00"
"""The clock of the run that goes on."""
BY = ("--by", "l.kahale")
TEAM = ("--team", "EMS6", "--reason", "team_judgement")


@dataclass(frozen=True)
class NextDay:
    """Where the day left what.

    Attributes:
        folder: Holds ``landing``, the home ``stopped`` and the ``home`` that went on.
    """

    folder: Path

    @property
    def landing(self) -> Path:
        return self.folder / "landing"

    @property
    def stopped(self) -> Path:
        """The home after the run that was stopped; ``told`` is what was printed."""
        return self.folder / "stopped"

    @property
    def home(self) -> Path:
        """The home after the run that went on; ``told`` is what was printed."""
        return self.folder / "home"

    @property
    def key_file(self) -> Path:
        return self.folder / "warehouse.key"

    @property
    def people(self) -> dict[str, str]:
        """Included, assigned, nominated or objecting, to the person_id."""
        return json.loads((self.folder / "people.json").read_text())

    def environment(self, home: Path) -> dict[str, str]:
        """Return the environment of a command on a home of this day."""
        around = environment(self.landing, home)
        around.pop(KEY, None)
        logs = {"DBT_LOG_PATH": str(home / "dbt_logs")}
        return around | logs | {KEY_FILE: str(self.key_file)}

    @contextmanager
    def opened(
        self, home: Path, *, read_only: bool = True
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open the warehouse of a home with its key."""
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv(KEY, raising=False)
            patch.setenv(KEY_FILE, str(self.key_file))
            warehouse = home / "warehouse.duckdb"
            with open_warehouse(warehouse, read_only=read_only) as connection:
                yield connection

    def call(self, *words: str, fails: bool = False) -> None:
        """Run a command on the home and keep what it printed."""
        run = Call(*words, environment=self.environment(self.home))
        told = "".join(run.communicate())
        assert (run.returncode != 0) == fails, told
        with (self.home / "told").open("a") as file:
            file.write(told)


def run_next_day(village: Path, folder: Path) -> None:
    """Fill a folder with the next day of a village that ran."""
    day = NextDay(folder)
    for name in ("landing", "home"):
        shutil.copytree(village / name, folder / name)
    (day.home / "told").unlink()
    day.key_file.write_text(SECRET)
    day.key_file.chmod(0o600)
    day.call("encrypt")
    _take_up(day)
    _break_a_promise(day)
    with _clients_twice(day):
        day.call("run", "--as-of", AS_OF, fails=True)
        shutil.copytree(day.home, day.stopped)
    mended = folder / "mended.csv"
    mended.write_bytes(team_log([contact(777)]))
    day.call("replay", LATE, "--file", str(mended))
    amended = contact(
        502,
        **AROHA,
        EncounterDateTimeUTC="2026-02-10T18:05:00.000Z",
        SystemModstamp="2026-07-05T18:00:00.000Z",
    )
    late = day.landing / "dem" / "team_log_20260706T110000.csv"
    late.write_bytes(team_log([amended]))
    day.call("run", "--as-of", LATER)


def _take_up(day: NextDay) -> None:
    """Nominate four people, take up three of them, and let one of those object."""
    with day.opened(day.home) as connection:
        found = connection.execute(
            "select person_id from marts.case_conference_candidates "
            "where is_eligible and not needs_review and n_departments > 1 "
            "and conference_rank <= 4 order by conference_rank"
        ).fetchall()
        included, assigned, nominated, objecting = (person for (person,) in found)
        (record,) = connection.execute(
            "select min(client_record_id) from linkage.client_links "
            "where person_id = ?",
            [objecting],
        ).fetchone()
    people = {"included": included, "assigned": assigned}
    people |= {"nominated": nominated, "objecting": objecting}
    (day.folder / "people.json").write_text(json.dumps(people))
    for person in people.values():
        day.call("case", "nominate", person, *TEAM, *BY)
    agreed = ("--reason", "agreed_in_conference")
    for person in (included, assigned, objecting):
        day.call("case", "include", person, *agreed, *BY)
    lead = ("--team", "EMS6", "--reason", "knows_the_client")
    day.call("case", "assign", assigned, *lead, *BY)
    objection = ("--purpose", "case_conference", "--reason", "said so at intake")
    day.call("consent", "object", "--client-record", record, *objection, *BY)


def _break_a_promise(day: NextDay) -> None:
    """Deliver a row and take its key: a fault of ours between reader and table."""
    (day.landing / "dem" / LATE).write_bytes(team_log([contact(7)]))
    with (
        pytest.MonkeyPatch.context() as patch,
        day.opened(day.home, read_only=False) as connection,
    ):
        patch.setattr(arriving, "SETTLE_SECONDS", 0)
        clock = datetime.fromisoformat(AS_OF)
        take_all(connection, day.landing, feeds=["dem_team_log"], clock=lambda: clock)
        connection.execute(
            'update raw.dem_team_log set "ContactID" = null '
            "where _delivery_id like 'dem_team_log_20260704%'"
        )


@contextmanager
def _clients_twice(day: NextDay) -> Iterator[None]:
    """Let clients stand there twice whom the ledger believes loaded once."""
    with day.opened(day.home, read_only=False) as connection:
        (last,) = connection.execute("select max(rowid) from raw.hsh_client").fetchone()
        connection.execute(
            "insert into raw.hsh_client select * from raw.hsh_client limit 50"
        )
    yield
    with day.opened(day.home, read_only=False) as connection:
        connection.execute("delete from raw.hsh_client where rowid > ?", [last])
