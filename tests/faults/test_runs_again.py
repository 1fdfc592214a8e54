"""Row 19, and what a broken promise does to a good warehouse, or does not.

That the same deliveries change nothing is in ``test_runs_killed``, after all is built.
"""

import shutil
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import arriving
from dagster_project.departments.ledger import take_all
from dagster_project.warehouse import SETTINGS, open_warehouse
from tests.commands import Call
from tests.finished_runs import AS_OF, environment

from .troubled_village import AROHA, contact, team_log
from .whole_runs import contents, finish, start

pytestmark = [pytest.mark.faults, pytest.mark.city]

LATE = "team_log_20260704T120000.csv"
"""A delivery that comes after the village's run."""


@pytest.fixture(scope="module")
def incoming(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the village's deliveries and one whose rows break a promise."""
    incoming = tmp_path_factory.mktemp("late") / "landing"
    shutil.copytree(landing, incoming)
    (incoming / "dem" / LATE).write_bytes(team_log([contact(7)]))
    return incoming


@pytest.fixture(scope="module")
def stopped(incoming: Path, finished: Path) -> tuple[Path, str]:
    """Return a home whose next run a broken promise stopped, and what was told."""
    home = incoming.with_name("home")
    shutil.copytree(finished, home)
    # No delivery can do this, only a fault of ours between the reader and the table.
    with (
        pytest.MonkeyPatch.context() as patch,
        open_warehouse(home / "warehouse.duckdb") as connection,
    ):
        patch.setattr(arriving, "SETTLE_SECONDS", 0)
        clock = datetime.fromisoformat(AS_OF)
        take_all(connection, incoming, feeds=["dem_team_log"], clock=lambda: clock)
        connection.execute(
            'update raw.dem_team_log set "ContactID" = null '
            "where _delivery_id like 'dem_team_log_20260704%'"
        )
    run = start(incoming, home)
    _, errors = run.communicate()
    assert run.returncode == 1
    return home, errors


@pytest.fixture(scope="module")
def gone_on(incoming: Path, stopped: tuple[Path, str]) -> Path:
    """Return the home after a day: the delivery is mended, and an amendment came."""
    home = shutil.copytree(stopped[0], incoming.with_name("after"))
    mended = incoming.with_name("mended.csv")
    mended.write_bytes(team_log([contact(777)]))
    words = "replay", LATE, "--file", str(mended)
    replayed = Call(*words, environment=environment(incoming, home))
    printed, errors = replayed.communicate()
    assert "stands in the place of" in printed, errors
    amended = contact(
        502,
        **AROHA,
        EncounterDateTimeUTC="2026-02-10T18:05:00.000Z",
        SystemModstamp="2026-07-05T18:00:00.000Z",
    )
    late = incoming / "dem" / "team_log_20260706T110000.csv"
    late.write_bytes(team_log([amended]))
    finish(start(incoming, home, "2026-07-06T12:00"))
    return home


def asked(of: Path, query: str) -> list[tuple]:
    path = str(of / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        return connection.sql(query).fetchall()


def test_a_broken_promise_stops_the_run(
    stopped: tuple[Path, str], finished: Path, undisturbed: dict[str, str]
) -> None:
    home, errors = stopped
    assert "blocking check 'promises' on raw/dem_team_log failed" in errors
    assert "ContactID is never missing" in errors
    assert "The rows came with dem_team_log_20260704T120000_" in errors
    assert "throughline replay DELIVERY" in errors
    assert "Traceback" not in errors
    for name in ("marts.duckdb", "report.html"):
        assert (home / name).read_bytes() == (finished / name).read_bytes(), name
    after = contents(home)
    for table, digest in undisturbed.items():
        if table.split(".")[0] in ("staging", "intermediate", "linkage", "marts"):
            assert after[table] == digest, f"{table} was built on a broken promise"


def test_the_next_run_goes_on_when_the_delivery_is_mended(gone_on: Path) -> None:
    found = asked(
        gone_on,
        "select count(*) from staging.stg_dem__team_log "
        "where contact_id in ('42', '0039Z000000777QAAA')",
    )
    assert found == [(1,)]


HEART_BY_MONTH = (
    "select period_start::varchar, n_contacts from marts.contacts_by_team "
    "where team_code = 'HEART' and scope_kind = 'team' and period_kind = 'month'"
)
FLOW = "select flow_month::varchar, n_new from marts.by_name_flow"
QUARTERS = """
    select quarter(contacted_on), count(*) from marts.contacts
    where year(contacted_on) = 2026 and contacted_on < '2026-07-01' group by all
"""


def test_row_19_a_late_amendment_restates_past_quarters_and_says_so(
    finished: Path, gone_on: Path
) -> None:
    def changes(query: str) -> dict:
        before, after = (dict(asked(of, query)) for of in (finished, gone_on))
        changed = {at: after.get(at, 0) - before.get(at, 0) for at in before | after}
        return {at: n for at, n in changed.items() if n}

    versions = asked(
        gone_on,
        """select "EncounterDateTimeUTC"[:10], taken_at::varchar
        from raw.dem_team_log inner join raw.deliveries on _delivery_id = delivery_id
        where "ContactID" like '%00502QAAA' order by taken_at""",
    )
    assert versions == [
        ("2026-05-12", "2026-07-05 12:00:00"),
        ("2026-02-10", "2026-07-06 12:00:00"),
    ], "when it happened and when it was taken, of both versions"
    assert changes(HEART_BY_MONTH) == {"2026-02-01": 1, "2026-05-01": -1}
    assert changes(QUARTERS) == {1: 1, 2: -1}, "of all contacts, by quarter"
    assert changes(FLOW) == {"2026-02-01": 1, "2026-05-01": -1}
    flagged = asked(
        gone_on,
        "select flow_month::varchar, change, n_publications, "
        "first_published_at::varchar from marts.by_name_flow_revisions "
        "where figure = 'n_new' and change <> 0 "
        "order by flow_month",
    )
    published = "2026-07-05 12:00:00"
    assert flagged == [
        ("2026-02-01", 1, 2, published),
        ("2026-05-01", -1, 2, published),
    ]
    kept = asked(
        gone_on,
        "select n_new, published_at::varchar from marts.by_name_flow_publications "
        "where flow_month = '2026-02-01' order by publication_number",
    )
    (first,) = asked(finished, f"{FLOW} where flow_month = '2026-02-01'")
    assert kept == [(first[1], published), (first[1] + 1, "2026-07-06 12:00:00")]
