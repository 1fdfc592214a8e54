"""Row 19, and what else a second run does to a good warehouse, or does not."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments.ledger import take_all
from dagster_project.places import REPOSITORY
from dagster_project.warehouse import SETTINGS, open_warehouse

from .troubled_village import AROHA, contact, team_log
from .whole_runs import AS_OF, COMMAND, LONGEST, contents, environment, finish, start

pytestmark = [pytest.mark.faults, pytest.mark.city]


def test_the_same_deliveries_again_change_nothing(
    landing: Path, finished: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    home, incoming = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(finished, home)
    shutil.copytree(landing, incoming)
    old = incoming / "datasf" / "cases_20250101T120000.csv"
    shutil.copy(old, old.with_name("the same once more.csv"))
    finish(start(incoming, home))
    assert contents(home) == undisturbed, "no delivery, no identity event, no id is new"


def test_a_broken_promise_stops_the_run_until_the_delivery_is_mended(
    landing: Path, finished: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    home, incoming = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(finished, home)
    shutil.copytree(landing, incoming)
    good = {
        name: (home / name).read_bytes() for name in ("marts.duckdb", "report.html")
    }
    # No delivery can do this, only a fault of ours between the reader and the table.
    late = incoming / "dem" / "team_log_20260704T120000.csv"
    late.write_bytes(team_log([contact(7)]))
    with open_warehouse(home / "warehouse.duckdb") as connection:
        clock = datetime.fromisoformat(AS_OF)
        take_all(connection, incoming, feeds=["dem_team_log"], clock=lambda: clock)
        connection.execute(
            'update raw.dem_team_log set "ContactID" = null '
            "where _delivery_id like 'dem_team_log_20260704%'"
        )

    run = start(incoming, home)
    _, errors = run.communicate(timeout=LONGEST)
    assert run.returncode == 1
    assert "blocking check 'promises' on raw/dem_team_log failed" in errors
    assert "ContactID is never missing" in errors
    assert "The rows came with dem_team_log_20260704T120000_" in errors
    assert "throughline replay DELIVERY" in errors
    assert "Traceback" not in errors
    for name, content in good.items():
        assert (home / name).read_bytes() == content, name
    after = contents(home)
    for table, digest in undisturbed.items():
        if table.split(".")[0] in ("staging", "intermediate", "linkage", "marts"):
            assert after[table] == digest, f"{table} was built on a broken promise"

    mended = tmp_path / "mended.csv"
    mended.write_bytes(team_log([contact(777)]))
    replayed = subprocess.run(
        [*COMMAND, "replay", late.name, "--file", str(mended)],
        cwd=REPOSITORY,
        env=environment(incoming, home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "stands in the place of" in replayed.stdout, replayed.stderr
    finish(start(incoming, home))
    (found,) = (
        duckdb.connect(str(home / "warehouse.duckdb"), read_only=True, config=SETTINGS)
        .sql(
            "select count(*) from staging.stg_dem__team_log "
            "where contact_id in ('42', '0039Z000000777QAAA')"
        )
        .fetchall()
    )
    assert found == (1,)


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
    landing: Path, finished: Path, tmp_path: Path
) -> None:
    home, incoming, later = tmp_path / "home", tmp_path / "landing", "2026-07-06T12:00"
    shutil.copytree(finished, home)
    shutil.copytree(landing, incoming)
    amended = contact(
        502,
        **AROHA,
        EncounterDateTimeUTC="2026-02-10T18:05:00.000Z",
        SystemModstamp="2026-07-05T18:00:00.000Z",
    )
    late = incoming / "dem" / "team_log_20260706T110000.csv"
    late.write_bytes(team_log([amended]))
    finish(start(incoming, home, later))

    def asked(of: Path, query: str) -> list[tuple]:
        path = str(of / "warehouse.duckdb")
        with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
            return connection.sql(query).fetchall()

    def changes(query: str) -> dict:
        before, after = (dict(asked(of, query)) for of in (finished, home))
        changed = {at: n - before.get(at, 0) for at, n in after.items()}
        return {at: n for at, n in changed.items() if n}

    versions = asked(
        home,
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
        home,
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
        home,
        "select n_new, published_at::varchar from marts.by_name_flow_publications "
        "where flow_month = '2026-02-01' order by publication_number",
    )
    (first,) = asked(finished, f"{FLOW} where flow_month = '2026-02-01'")
    assert kept == [(first[1], published), (first[1] + 1, "2026-07-06 12:00:00")]
