"""Row 19, and what a broken promise does to a good warehouse, or does not.

That the same deliveries change nothing is in ``test_runs_killed``, after all is built.
"""

from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse import SETTINGS
from tests.next_day import NextDay

from .whole_runs import digests

pytestmark = [pytest.mark.faults, pytest.mark.city]


def asked(of: NextDay | Path, query: str) -> list[tuple]:
    """Ask the warehouse of the next day, or of the run before."""
    if isinstance(of, NextDay):
        with of.opened(of.home) as connection:
            return connection.sql(query).fetchall()
    path = str(of / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        return connection.sql(query).fetchall()


def test_a_broken_promise_stops_the_run(
    next_day: NextDay, finished: Path, undisturbed: dict[str, str]
) -> None:
    home = next_day.stopped
    errors = (home / "told").read_text()
    assert "blocking check 'promises' on raw/dem_team_log failed" in errors
    assert "ContactID is never missing" in errors
    assert "The rows came with dem_team_log_20260704T120000_" in errors
    assert "throughline replay DELIVERY" in errors
    assert "Traceback" not in errors
    for name in ("marts.duckdb", "report.html"):
        assert (home / name).read_bytes() == (finished / name).read_bytes(), name
    with next_day.opened(home) as connection:
        after = digests(connection)
    for table, digest in undisturbed.items():
        if table.split(".")[0] in ("staging", "intermediate", "linkage", "marts"):
            assert after[table] == digest, f"{table} was built on a broken promise"


def test_the_next_run_goes_on_when_the_delivery_is_mended(next_day: NextDay) -> None:
    assert "stands in the place of" in (next_day.home / "told").read_text()
    found = asked(
        next_day,
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
    finished: Path, next_day: NextDay
) -> None:
    def changes(query: str) -> dict:
        before, after = (dict(asked(of, query)) for of in (finished, next_day))
        changed = {at: after.get(at, 0) - before.get(at, 0) for at in before | after}
        return {at: n for at, n in changed.items() if n}

    versions = asked(
        next_day,
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
        next_day,
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
        next_day,
        "select n_new, published_at::varchar from marts.by_name_flow_publications "
        "where flow_month = '2026-02-01' order by publication_number",
    )
    (first,) = asked(finished, f"{FLOW} where flow_month = '2026-02-01'")
    assert kept == [(first[1], published), (first[1] + 1, "2026-07-06 12:00:00")]
