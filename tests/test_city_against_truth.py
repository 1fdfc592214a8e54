"""The default city, run as a user runs it, against what truly happened there.

The truth knows every contact, offer and stay, who had them, and which of them some
department wrote down. The answers of the marts must agree with the same answers
computed from the truth, within the tolerances stated here (2026-11-22; seed 7).
"""

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from dagster_project.linkage.evaluate import evaluate
from dagster_project.synthetic.codes import TEAM_DEPARTMENTS, TEAMS
from dagster_project.warehouse import SETTINGS

pytestmark = pytest.mark.city

PAIRWISE_F1 = 0.95
"""The target for records that carry enough to be linked."""
PRECISION = 0.97
"""A wrong link puts one person's history on another: it weighs more than a miss."""
POINTS = 0.04
"""Shares may differ by four points: people whom nobody could name are missing."""
FRAGMENTS = 0.08
"""A record too badly written to join its person stands as a person of one department:
some 300 of 3,000 here, and eight points on the share met by one department only."""

HOSPITAL = {"ED", "PES", "INPT"}
GAP, WEEK, WINDOW = timedelta(38), timedelta(7), timedelta(90)


@pytest.fixture(scope="module")
def sql(city_run: Path):
    """Return a function that asks the warehouse; ``truth.x`` is the truth's table x."""
    connection = duckdb.connect(config=SETTINGS)
    connection.execute(f"attach '{city_run / 'warehouse.duckdb'}' as city (read_only)")
    connection.execute("attach ':memory:' as truth")
    for table in sorted((city_run / "truth").glob("*.parquet")):
        connection.execute(f"create view truth.{table.stem} as select * from '{table}'")
    connection.execute("use city")
    yield lambda query: connection.execute(query).fetchall()
    connection.close()


@pytest.fixture(scope="module")
def met(sql) -> dict[int, list[tuple]]:
    """Return person -> (day, department, kind, team) of every contact written down."""
    department = dict(zip(TEAMS, TEAM_DEPARTMENTS, strict=True))
    found = defaultdict(list)
    for person, day, team, kind in sql(
        "select person, day, team, kind from truth.contacts "
        "where contact in (select contact from truth.reports) order by all"
    ):
        found[person].append((day, department[team], kind, team))
    return found


def test_no_row_is_lost(sql) -> None:
    ((rows_in, loaded, quarantined),) = sql(
        "select sum(rows_in), sum(rows_loaded), sum(rows_quarantined) "
        "from raw.deliveries where status = 'taken'"
    )
    assert rows_in == loaded + quarantined
    tables = sql(
        "select table_name from duckdb_columns() where schema_name = 'raw' "
        "and column_name = '_row_number'"
    )
    held = sum(sql(f"select count(*) from raw.{name}")[0][0] for (name,) in tables)
    assert held == loaded
    assert sql("select count(*) from raw.quarantined_rows") == [(quarantined,)]


def test_planted_faults_are_found_and_nothing_else_is(sql) -> None:
    refused = set(sql("select name from raw.deliveries where status = 'quarantined'"))
    planted = set(
        sql("select delivery from truth.injected_faults where expected = 'refused'")
    )
    assert refused == planted
    planted_rows = sql(
        "select count(*) from truth.injected_faults where expected = 'row quarantined'"
    )
    assert sql("select count(*) from raw.quarantined_rows") == planted_rows


def test_records_are_linked_to_the_right_people(sql) -> None:
    pairs = sql(
        "select client_record_id, person_id, person from linkage.client_links "
        "inner join truth.record_identity on record_id = client_record_id "
        "where linkable and not test_client"
    )
    quality = evaluate(
        [person or record for record, person, _ in pairs],
        [str(person) for _, _, person in pairs],
    ).pairwise
    assert quality.f1 >= PAIRWISE_F1, quality
    assert quality.precision >= PRECISION, quality


def test_every_contact_written_down_is_counted_once(sql) -> None:
    ((counted,),) = sql("select count(*) from marts.contacts where is_contact_made")
    ((true,),) = sql("select count(distinct contact) from truth.reports")
    assert counted == pytest.approx(true, rel=0.01)


def test_shelter_offers_end_as_they_truly_ended(sql) -> None:
    # An ePCR has no place for a shelter offer; the other systems do.
    true = dict(
        sql(
            "select status, count(*) from truth.offers where contact in ("
            "  select contact from truth.reports where system <> 'epcr')"
            " and (resource like 'Shelter%' or resource = 'Safe Sleep') group by all"
        )
    )
    told = dict(
        sql(
            "select offer_status, count(*) from marts.offers "
            "where service_type = 'shelter' group by all"
        )
    )

    def acceptance(counts: dict[str, int]) -> float:
        accepted = counts["accepted"] + counts["fulfilled"]
        return accepted / (accepted + counts["declined"] + counts["not_fulfilled"])

    assert acceptance(told) == pytest.approx(acceptance(true), abs=POINTS)
    for status in ("declined", "not_fulfilled", "no_capacity"):
        assert told[status] == pytest.approx(true[status], rel=0.1), status


def test_people_meet_as_many_departments_as_they_truly_do(sql, met) -> None:
    # Most of DEM's log names nobody, so its share of people is a lower bound by far.
    true = defaultdict(int)
    for contacts in met.values():
        departments = {where for _, where, _, _ in contacts} - {"dem"}
        true[len(departments)] += bool(departments)
    told = dict(
        sql(
            "select n, count(*) from (select count(distinct department) as n "
            "from marts.contacts where is_linked and is_contact_made "
            "and department <> 'dem' group by person_id) group by n"
        )
    )
    for n in (1, 2, 3):
        share = true[n] / sum(true.values())
        assert told[n] / sum(told.values()) == pytest.approx(share, abs=FRAGMENTS), n


def test_crises_are_followed_up_and_sheltered_as_often_as_they_truly_are(
    sql, met
) -> None:
    ((through,),) = sql("select max(data_through) from marts.people")
    entries, in_shelter, died = defaultdict(list), defaultdict(list), {}
    for person, entry, end in sql(
        "select person, entry_day, coalesce(exit_day, date '2100-01-01') "
        "from truth.stays where kind = 'shelter' and project <> 'Safe Steps'"
    ):
        entries[person].append(entry)
        in_shelter[person].append((entry, end))
    died = dict(
        sql(
            "select person, min(from_day) from truth.lives "
            "where state = 'dead' group by person"
        )
    )

    true = {True: [0, 0], False: [0, 0]}
    indexes = followed = 0
    for person, contacts in met.items():
        last = None
        for day, department, kind, _ in contacts:
            if kind != "crisis" or (last is not None and day < last + GAP):
                continue
            last, landmark = day, day + WEEK
            if landmark > through:
                continue
            came = any(
                day < other <= landmark and where != department and t not in HOSPITAL
                for other, where, _, t in contacts
            )
            indexes += 1
            followed += came
            at_risk = (
                landmark + WINDOW <= through
                and not (person in died and died[person] <= landmark)
                and not any(day <= entry <= landmark for entry in entries[person])
                and not any(a <= landmark < b for a, b in in_shelter[person])
            )
            if at_risk:
                entered = any(
                    landmark < entry <= landmark + WINDOW for entry in entries[person]
                )
                true[came][0] += 1
                true[came][1] += entered

    ((told_followed, told_indexes),) = sql(
        "select count(*) filter (where is_followed_up_7d), count(*) "
        "from marts.interventions_to_outcomes where outcome_type = 'death' "
        "and intervention_type = 'crisis_response' and landmark_on <= data_through"
    )
    assert told_followed / told_indexes == pytest.approx(followed / indexes, abs=POINTS)
    told = {
        came: (n, entered)
        for came, n, entered in sql(
            "select is_followed_up_7d, count(*), count(*) filter (where is_outcome_90d)"
            " from marts.interventions_to_outcomes "
            "where outcome_type = 'shelter_entry' and is_mature_90d "
            "and intervention_type = 'crisis_response' and is_at_risk_at_landmark "
            "group by all"
        )
    }
    for came in (True, False):
        n, entered = true[came]
        told_n, told_entered = told[came]
        assert told_entered / told_n == pytest.approx(entered / n, abs=POINTS), came


def test_no_mart_holds_a_name_or_number_of_anybody(sql, city_run: Path) -> None:
    ((example,),) = sql(
        "select last_name from intermediate.int_client_records "
        "where length(last_name) > 6 order by client_record_id limit 1"
    )
    page = (city_run / "report.html").read_text()
    assert example.lower() not in page.lower()
    identifiers = {"first_name", "last_name", "dob", "ssn", "phone", "email", "address"}
    columns = sql(
        "select distinct column_name from duckdb_columns() where schema_name = 'marts'"
    )
    assert not identifiers & {name for (name,) in columns}
