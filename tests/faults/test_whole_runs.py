"""Rows 4, 5, 9, 19, 21, 23, 30, 51, 53 and 54, on whole runs of a real village.

The runs are real processes, killed with SIGKILL at some moment after their progress
says that the stage named here has begun, or left without a block of disk. The clock and
the key behind person ids are fixed, so every table must come out equal, to the byte of
every value. One home is killed at every stage in turn, each time going further than
before; what is left of all of them together must be what a run makes that nobody
disturbed.
"""

import csv
import io
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments.ledger import take_all
from dagster_project.departments.team_log_columns import VERSION_2
from dagster_project.places import REPOSITORY
from dagster_project.synthetic.demo import write_city
from dagster_project.warehouse import SETTINGS, open_warehouse

from .disks import fill, perhaps_small_disk

VILLAGE = 200
"""People: small enough to run half a dozen times, large enough for every table."""

AS_OF = "2026-07-05T12:00:00"

KILL_WHEN_DONE = [
    "raw expectations",  # while dbt builds staging and intermediate
    "build client records",  # while records are linked
    "link people",  # between the ledger of identities and the marts
    "build marts",  # while the marts are copied
]
"""Stages whose end starts the stage that is killed."""

FULL_WHEN_DONE = "raw expectations"
"""Stage after which the disk is full, so that dbt finds no room."""
DISK = 800
"""Megabytes: some times what the village takes."""

VOLATILE = {"run_id"}
"""Columns that name the run itself."""

HUB = 120
"""Contacts under one placeholder name and birth date, as forms make them."""

AROHA = {"FirstName": "Aroha", "LastName": "Te Whata-Ngata", "DOB": "1979-11-23"}
"""Met once, in May as the log says first, in February as it says later."""

COMMAND = (sys.executable, "-m", "dagster_project.cli")
JINJA = "{{ env_var('HOME') }}"

pytestmark = [pytest.mark.faults, pytest.mark.city]


def contact(number: int, **more: str) -> dict[str, str]:
    return {
        "ContactID": f"0039Z0000{number:05d}QAAA",
        "EncounterDateTimeUTC": "2026-07-01T17:05:00.000Z",
        "Team": "HEART",
        "ContactMade": "true",
        "IsDeleted": "false",
        "SystemModstamp": "2026-07-01T18:00:00.000Z",
    } | more


def team_log(rows: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, VERSION_2, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def calls(*rows: dict[str, str]) -> bytes:
    told = {"call_last_updated_at": "2026-07-02T08:00:00.000", "agency": "Police"}
    return json.dumps([told | row for row in rows]).encode()


def trouble(landing: Path) -> None:
    """Lay what the matrix says of marts beside the village's deliveries."""
    doe = {"FirstName": "John", "LastName": "Doe", "DOB": "1900-01-01"}
    rows = [contact(n, **doe) for n in range(HUB)]
    rows += [
        contact(500, FirstName="Xiomara", LastName="Gonçalves-Quill", DOB="1981-04-08"),
        contact(501, FirstName=JINJA, LastName="Xitlali", DOB="1982-05-09"),
        contact(502, **AROHA, EncounterDateTimeUTC="2026-05-12T17:05:00.000Z"),
    ]
    erased = contact(500, IsDeleted="true", SystemModstamp="2026-07-02T18:00:00.000Z")
    log = landing / "dem"
    (log / "team_log_20260702T120000.csv").write_bytes(team_log(rows))
    (log / "team_log_20260703T120000.csv").write_bytes(team_log([erased]))
    new = {"cad_number": "269990001", "received_datetime": "2026-07-01T10:00:00"}
    (log / "cad_20260703T120000.json").write_bytes(
        calls(
            new | {"disposition": "V3", "call_last_updated_at": "2026-07-02T10:00:00"},
            new | {"cad_number": "269990002", "received_datetime": "2026-03-08T02:30"},
            new | {"cad_number": "269990003", "received_datetime": "2025-11-02T01:30"},
            new | {"cad_number": "269990004", "disposition": "ZZZ"},
        )
    )
    older = new | {"disposition": "V2", "call_last_updated_at": "2026-07-01T10:00:00"}
    (log / "cad_20260704T120000.json").write_bytes(calls(older))


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the village's deliveries, with trouble among them."""
    folder = tmp_path_factory.mktemp("village")
    write_city(VILLAGE, 7, folder / "landing", folder / "truth")
    trouble(folder / "landing")
    return folder / "landing"


def start(landing: Path, home: Path, as_of: str = AS_OF) -> subprocess.Popen:
    """Start a run as a user would, with a fixed clock and key."""
    home.mkdir(exist_ok=True)
    (home / "person_id.key").write_text("5e" * 32)
    return subprocess.Popen(
        [*COMMAND, "run", "--as-of", as_of],
        cwd=REPOSITORY,
        env=environment(landing, home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def environment(landing: Path, home: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LANDING_DIR": str(landing),
        "WAREHOUSE_PATH": str(home / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(home / "dbt_target"),
    }


def finish(run: subprocess.Popen) -> str:
    output, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    return output + errors


def tables(home: Path, file: str) -> dict[str, str]:
    """Return a digest of every table's rows, whatever their order on disk."""
    digests = {}
    path = str(home / file)
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        found = connection.sql(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        for schema, table in found:
            described = connection.sql(f'describe {schema}."{table}"').fetchall()
            columns = [name for (name, *_) in described if name not in VOLATILE]
            listed = ", ".join(f'"{name}"' for name in columns)
            (digest,) = connection.sql(
                f"select count(*) || ':' || coalesce(sum(hash(({listed}))), 0) "
                f'from {schema}."{table}"'
            ).fetchone()
            digests[f"{schema}.{table}"] = digest
    return digests


def contents(home: Path) -> dict[str, str]:
    return tables(home, "warehouse.duckdb")


def leftovers(home: Path) -> list[str]:
    return [p.name for p in home.rglob("*") if p.suffix in (".tmp", ".part", ".wal")]


def is_balanced(home: Path) -> None:
    """Assert that the ledger's sums are the rows in raw."""
    path = str(home / "warehouse.duckdb")
    with duckdb.connect(path, config=SETTINGS) as connection:
        raw = connection.sql(
            "select table_name from duckdb_columns() where schema_name = 'raw' "
            "and column_name = '_row_number'"
        ).fetchall()
        rows = sum(
            connection.sql(f"select count(*) from raw.{name}").fetchone()[0]
            for (name,) in raw
        )
        (loaded,) = connection.sql(
            "select coalesce(sum(rows_loaded), 0) from raw.deliveries "
            "where status = 'taken'"
        ).fetchone()
        temporary = connection.sql(
            "select table_name from duckdb_tables() where table_name like '%__dbt_tmp'"
        ).fetchall()
    assert rows == loaded
    assert temporary == []


@pytest.fixture(scope="module")
def finished(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that nobody disturbed."""
    home = tmp_path_factory.mktemp("undisturbed")
    told = finish(start(landing, home))
    assert (home / "report.html").exists()
    (home / "told").write_text(told)
    return home


@pytest.fixture(scope="module")
def undisturbed(finished: Path) -> dict[str, str]:
    """Return what a run that nobody disturbs makes."""
    return contents(finished)


@pytest.fixture(scope="module")
def sql(finished: Path):
    path = str(finished / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        yield lambda query: connection.sql(query).fetchall()


def test_rows_04_05_09_and_54_stopped_at_every_stage_and_run_again(
    landing: Path, tmp_path: Path, finished: Path, undisturbed: dict[str, str]
) -> None:
    home = tmp_path / "home"
    good = (finished / "marts.duckdb").read_bytes()
    moments = random.Random(5)
    with perhaps_small_disk(home, DISK) as refused:
        (home / "marts.duckdb").write_bytes(good)
        for stage in KILL_WHEN_DONE:
            with started(landing, home, stage) as run:
                if stage != KILL_WHEN_DONE[-1]:  # the last is over in no time
                    time.sleep(moments.uniform(0, 1))
                run.send_signal(signal.SIGKILL)
            assert run.returncode == -signal.SIGKILL
            assert (home / "marts.duckdb").read_bytes() == good, "the last good marts"
            if (home / "warehouse.duckdb").exists():
                is_balanced_once_open(home)
        if not refused:
            with started(landing, home, FULL_WHEN_DONE) as run:
                filler = fill(home)
                errors = run.stderr.read()
            assert run.returncode == 1, "row 9"
            assert "the last good marts are unchanged" in errors
            assert "its disk is full; make room and run again" in errors
            assert "Traceback" not in errors
            assert (home / "marts.duckdb").read_bytes() == good, "the last good marts"
            filler.unlink()
        finish(start(landing, home))
        assert contents(home) == undisturbed
        assert tables(home, "marts.duckdb") == tables(finished, "marts.duckdb")
        assert leftovers(home) == []
        is_balanced(home)


@contextmanager
def started(landing: Path, home: Path, stage: str) -> Iterator[subprocess.Popen]:
    """Yield a run in the moment in which a stage is done; wait for its end."""
    run = start(landing, home)
    for line in run.stderr:
        if line.startswith(f"✓ {stage} "):
            break
    else:
        pytest.fail(f"the run never said that '{stage}' was done")
    try:
        yield run
    finally:
        run.communicate(timeout=300)


def is_balanced_once_open(home: Path) -> None:
    """Look at a killed run's books in a copy, so that the rerun finds what it left."""
    copy = home.with_name("copy")
    copy.mkdir()
    for path in home.glob("warehouse.duckdb*"):
        shutil.copyfile(path, copy / path.name)
    with duckdb.connect(str(copy / "warehouse.duckdb"), config=SETTINGS) as killed:
        has_books = killed.sql(
            "from duckdb_tables() where table_name = 'deliveries'"
        ).fetchall()
        killed.execute("create schema if not exists staging")
        for schema, table in killed.sql(
            "select schema_name, table_name from duckdb_tables() "
            "where table_name like '%__dbt_tmp'"
        ).fetchall():
            killed.execute(f'drop table {schema}."{table}"')
    if has_books:
        is_balanced(copy)
    shutil.rmtree(copy)


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
    _, errors = run.communicate(timeout=300)
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


def test_row_17_and_20_one_version_of_each_record_is_in_force(sql) -> None:
    found = sql(
        "select disposition_code from staging.stg_dem__cad_calls "
        "where cad_number = '269990001'"
    )
    assert found == [("V3",)], "a version that came later but is older does not win"


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


def test_row_21_who_asked_to_be_erased_is_in_no_layer_after_raw(sql) -> None:
    for table in ("staging.stg_dem__team_log", "intermediate.int_client_records"):
        assert "Gonçalves-Quill" not in str(sql(f"from {table}")), table
    gone = sql(
        "select count(*) from linkage.client_links "
        "where client_record_id like '%0039Z000000500QAAA'"
    )
    assert gone == [(0,)]


def test_row_23_the_hours_that_are_missing_or_there_twice(sql) -> None:
    found = dict(
        (number, rest)
        for number, *rest in sql(
            "select cad_number, cast(received_at as varchar), is_ambiguous_time "
            "from staging.stg_dem__cad_calls where cad_number like '26999%'"
        )
    )
    assert found["269990003"] == ["2025-11-02 09:30:00", True], "the later of the two"
    assert found["269990002"][0] is not None
    assert found["269990001"] == ["2026-07-01 17:00:00", False]


def test_row_30_a_new_code_is_loaded_and_named_in_the_list(sql, landing, finished):
    assert sql(
        "select disposition_code from staging.stg_dem__cad_calls "
        "where cad_number = '269990004'"
    ) == [("ZZZ",)]
    listed = subprocess.run(
        [*COMMAND, "deliveries", "--limit", "5"],
        cwd=REPOSITORY,
        env=environment(landing, finished),
        capture_output=True,
        text=True,
        check=False,
    )
    assert listed.returncode == 0, listed.stderr
    assert "dem_cad_20260704T120000_" in listed.stdout
    named = sql("select delivery_id from raw.code_profiles where code = 'ZZZ'")
    assert named[0][0].startswith("dem_cad_20260703T120000_")


def test_row_51_template_text_in_a_name_is_never_rendered(sql) -> None:
    found = sql(
        "select first_name from staging.stg_dem__team_log where last_name = 'Xitlali'"
    )
    assert found == [(JINJA,)]


def test_row_53_a_name_that_many_share_makes_no_giant(sql) -> None:
    ((largest,),) = sql(
        "select max(n) from (select count(*) as n from linkage.client_links "
        "where client_record_id like '%0039Z0000%' and person_id is not null "
        "group by person_id)"
    )
    assert (largest or 0) < HUB / 10


def test_no_quarantined_text_leaves_raw_but_to_its_department(finished: Path) -> None:
    path = str(finished / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        texts = [
            text.encode()[:60]
            for (text,) in connection.sql(
                "select original from raw.quarantined_rows where length(original) > 30"
            ).fetchall()
        ]
    assert texts
    told = [finished / "told", finished / "report.html", finished / "deliveries.svg"]
    told += [finished / "marts.duckdb"]
    told += [p for p in (finished / "dagster").rglob("*") if p.is_file()]
    told += [p for p in (finished / "dbt_target").rglob("*") if p.is_file()]
    for file in told:
        content = file.read_bytes()
        assert not any(text in content for text in texts), file
    assert {p.parent.name for p in finished.glob("quarantine/*/*")} >= {"dem", "hsh"}
