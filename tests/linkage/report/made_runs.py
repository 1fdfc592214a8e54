"""Runs of ``link`` that the page is made of, small enough for every test.

Belongs here: invented records and their results. Does not belong here: assertions.
"""

from datetime import datetime
from functools import cache

import pyarrow as pa

from dagster_project.linkage.link import link
from dagster_project.linkage.report.page import build_report
from dagster_project.linkage.tables import LinkResult
from tests.linkage.invented_town import invented_records

MADE_AT = datetime(2026, 7, 1, 12)
RACES = ("asian", "black", "white", "asian;white", None)


@cache
def town() -> tuple[pa.Table, LinkResult, dict[str, int]]:
    """Return records of four systems with groups, their run and the truth."""
    records, truth = invented_records(200)
    people = [truth[record] for record in records["client_record_id"].to_pylist()]
    records = records.append_column(
        "race", pa.array([RACES[person % 5] for person in people], pa.string())
    ).append_column(
        "gender",
        # Four people are of a gender that the page must not show by itself.
        pa.array(["non_binary" if p < 4 else ("man", "woman")[p % 2] for p in people]),
    )
    return records, link(records), truth


def page(rows: list[dict], **more) -> str:
    """Return the page about a few records given as rows."""
    names = ("record_id", "first_name", "last_name", "dob", "source")
    records = pa.table(
        {n: pa.array([row.get(n) for row in rows], pa.string()) for n in names}
    )
    records = records.select([n for n in names if any(n in row for row in rows)] or [0])
    return build_report(link(records), records, made_at=MADE_AT, **more)
