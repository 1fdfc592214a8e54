"""What dbt warns of and lets in: a steward is told, and no mart believes it."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import insert
from tests.dbt_project.tiny_dem import LOG
from tests.dbt_project.tiny_dph import FHIR
from tests.dbt_project.tiny_fire import EPCR
from tests.dbt_project.tiny_hmis import FULL, LAST_FULL

WARNINGS = ("stays_end_after_they_begin", "ids_keep_their_person")
BEFORE, AFTER = "2025-12-01 09:00:00", "2026-05-02 09:00:00"


def told(delivery: str, at: str = BEFORE, **row: str) -> dict:
    return row | {"DateUpdated": at, "_delivery_id": delivery, "_row_number": 900}


def enrolled(key: str, project: str, day: str) -> dict:
    ids = {"EnrollmentID": key, "PersonalID": "200", "ProjectID": project}
    return told(LAST_FULL, EntryDate=day, **ids)


def left(key: str, day: str, destination: str) -> dict:
    ids = {"ExitID": f"X{key}", "EnrollmentID": key, "PersonalID": "200"}
    return told(LAST_FULL, ExitDate=day, Destination=destination, **ids)


def client(delivery: str, at: str, first: str, last: str, born: str) -> dict:
    named = {"FirstName": first, "LastName": last, "DOB": born}
    return told(delivery, at, PersonalID="777", **named)


IMPOSSIBLE = {
    "raw.hsh_enrollment": [
        enrolled("outreach", "P11", "2026-02-01"),
        enrolled("shelter", "P01", "2026-03-01"),
    ],
    "raw.hsh_exit": [
        left("outreach", "2026-01-31", "410"),
        left("shelter", "2025-03-01", "435"),
    ],
}
GIVEN_AGAIN = {
    "raw.hsh_client": [
        client(FULL, BEFORE, "Оксана", "Шевченко", "1980-02-03"),
        client(LAST_FULL, AFTER, "Tomás", "Herrera", "1991-05-06"),
    ]
}
MARRIED = {
    "raw.hsh_client": [
        client(FULL, BEFORE, "Оксана", "Шевченко", "1980-02-03"),
        client(LAST_FULL, AFTER, "Оксана", "Herrera", "1980-02-03"),
    ]
}
BUILT = ("+exits_to_permanent_housing", "+int_outcome_events__hsh")


@pytest.fixture
def copied(warehouse: Path, tmp_path: Path) -> Path:
    """Return a copy of the tiny city's warehouse, to be spoiled."""
    return Path(shutil.copy(warehouse, tmp_path / "warehouse.duckdb"))


def built(path: Path, added: dict[str, list[dict]], *models: str) -> dict[str, str]:
    """Add raw rows, build models and warnings, and return how each test ended."""
    with duckdb.connect(str(path)) as connection:
        for table, rows in added.items():
            insert(connection, table, rows)
    what = ("build", "--select", *models, *WARNINGS)
    return run_dbt(path, path.parent, *what, "--exclude-resource-type", "unit_test")


def pcr(**codes: str) -> dict:
    return {"report_id": "R900", **codes, "_delivery_id": EPCR, "_row_number": 900}


def under(key: str, **row: str) -> dict:
    return told(LAST_FULL, EnrollmentID="E1", PersonalID="100", **{key: "900"}, **row)


def entry(**row: str) -> dict:
    return row | {"ContactID": "900", "_delivery_id": LOG, "_row_number": 900}


def visited(**row: object) -> dict:
    resource = {"resourceType": "Encounter", "id": "v900", "status": "finished", **row}
    text = {"id": "v900", "resource": json.dumps(resource)}
    return text | {"_delivery_id": FHIR, "_row_number": 900}


UNLISTED = {
    "raw.fire_epcr": [
        pcr(
            edisposition_27="4212013",
            edisposition_28="4228099",
            edisposition_30="4212033",
            edisposition_31="4231001;4231099",
        )
    ],
    "raw.hsh_event": [
        under("EventID", EventDate="2026-02-05", Event="19", ReferralResult="7")
    ],
    "raw.hsh_services": [
        under(
            "ServicesID",
            DateProvided="2026-02-05",
            RecordType="161",
            TypeProvided="99",
            ReferralOutcome="8",
        )
    ],
    "raw.dem_team_log": [entry(Outcome="Bed lost", ServicesOffered="Sauna;DETOX")],
    "raw.dph_encounter": [visited(**{"class": {"code": "PRENC"}})],
}


def test_every_code_that_no_list_knows_is_told_of(copied):
    with duckdb.connect(str(copied)) as connection:
        for table, rows in UNLISTED.items():
            insert(connection, table, rows)
    ended = run_dbt(
        copied,
        copied.parent,
        *("build", "--select", "+codes_are_mapped"),
        *("--exclude-resource-type", "unit_test"),
    )
    assert ended["codes_are_mapped"] == "warn"
    compiled = next(copied.parent.glob("compiled/**/codes_are_mapped.sql"))
    with duckdb.connect(str(copied), read_only=True) as connection:
        found = connection.execute(compiled.read_text()).fetchall()
    assert {name: codes for name, codes, _ in found} == {
        "PATH referral outcomes of HMIS": 1,
        "PATH referrals of HMIS": 1,
        "care dispositions of care reports": 1,
        "encounter classes": 1,
        "events of HMIS": 1,
        "outcomes of the team log": 1,
        "reasons for release in care reports": 1,
        "referral results of HMIS": 1,
        "services of the team log": 1,
        "transport dispositions of care reports": 1,
        "unit dispositions of care reports": 1,
    }


def warned(ended: dict[str, str]) -> set[str]:
    """Return the warnings that warned; the others must have passed."""
    assert {ended[name] for name in WARNINGS} <= {"pass", "warn"}
    return {name for name in WARNINGS if ended[name] == "warn"}


def test_a_client_who_married_keeps_her_id_and_nobody_is_warned(copied):
    assert warned(built(copied, MARRIED, "+stg_hsh__client")) == set()


def test_a_steward_is_warned_and_nobody_believes_an_impossible_exit(copied):
    assert warned(built(copied, IMPOSSIBLE | GIVEN_AGAIN, *BUILT)) == set(WARNINGS)
    with duckdb.connect(str(copied), read_only=True) as connection:
        shown(connection)


def shown(connection: duckdb.DuckDBPyConnection) -> None:
    """Hold what the marts make of exits before entries to what is known of them."""

    def rows(sql: str) -> list[tuple]:
        return connection.execute(sql).fetchall()

    assert rows(
        "select entry_date, exit_date from staging.stg_hsh__enrollment "
        "inner join staging.stg_hsh__exit using (enrollment_id) "
        "where enrollment_id = 'shelter'"
    ) == [(date(2026, 3, 1), date(2025, 3, 1))], "as they were written"
    assert rows(
        "select entered_on, left_on from intermediate.int_stays "
        "where enrollment_id = 'shelter'"
    ) == [(date(2026, 3, 1), date(2026, 3, 1))]
    assert rows(
        "select outcome_type, occurred_on from intermediate.int_outcome_events__hsh "
        "where source_event_id like '%shelter%' or source_event_id like '%outreach%'"
    ) == [("shelter_entry", date(2026, 3, 1))], "no move into a home"
    assert rows(
        "select destination, numerator, denominator "
        "from marts.exits_to_permanent_housing "
        "where period_ends_on = '2026-06-30' order by 1"
    ) == [
        ("permanent_housing", 0, 1),
        ("spm_7a1_success", 0, 1),
        ("temporary_or_institutional", 0, 1),
        ("unknown", 1, 1),
    ]
