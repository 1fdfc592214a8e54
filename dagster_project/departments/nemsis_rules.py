"""Find care reports that say too little, or of whom they are too much.

Belongs here: what makes one report wait among others, beside the rules of every table.
Does not belong here: XML (``nemsis``), what codes mean (seeds of dbt).

Sources: NEMSIS 3.5.1 data dictionary and EMSDataSet_v3.xsd; 3.4.0 for eDisposition.12.
"""

from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa

from dagster_project.departments.nemsis_ids import UNTOLD
from dagster_project.departments.row_rules import is_time
from dagster_project.departments.spoiled import Fault

TIMES = ("etimes_07", "etimes_06", "etimes_03", "etimes_01")
"""When a patient was met: the first that is told (staging)."""
UNTIMELY = (
    "none of eTimes.07, .06, .03 and .01 is a time written YYYY-MM-DDTHH:MM:SS-08:00, "
    "so that nobody knows when it was"
)
ONCE = frozenset(
    ("erecord_01", "epatient_02", "epatient_03", "epatient_12", "epatient_17")
)
"""What stands once in a report (EMSDataSet_v3.xsd) and tells whose it is."""
TWICE = "_twice"
"""Key of a row, beside its columns: the first of ``ONCE`` that it holds twice."""
OLD_CODES = (
    "what became of the patient is told by eDisposition.12, which NEMSIS 3.5 does not "
    "have, and not by eDisposition.27 to .31, so that nobody knows who refused what; "
    "send the report as one of 3.5"
)


Row = Mapping[str, str]


def faults(rows: Sequence[Row]) -> list[Fault]:
    """Return what is wrong with which of these reports.

    Args:
        rows: Column to text, and ``TWICE``.
    """
    return [
        *_twice(rows),
        ("etimes_07", "bad_time", UNTIMELY, _untimely(rows)),
        ("edisposition_27", "old_codes", OLD_CODES, _as_before_3_5(rows)),
    ]


def _twice(rows: Sequence[Row]) -> Iterator[Fault]:
    """Yield the reports that may be of two people."""
    for column in sorted({row[TWICE] for row in rows if TWICE in row}):
        reason = (
            f"{column} stands in it more than once, so that it may be of two people; "
            "send a report for each"
        )
        bad = pa.array([row.get(TWICE) == column for row in rows], pa.bool_())
        yield column, "stands_twice", reason, bad


def _as_before_3_5(rows: Sequence[Row]) -> pa.Array:
    """Return which reports tell what became of the patient only as 3.4 does."""

    def is_told(row: Row, column: str) -> bool:
        told = row.get(column, "")
        return bool(told) and not UNTOLD.match(told)

    def is_old(row: Row) -> bool:
        return is_told(row, "edisposition_12") and not is_told(row, "edisposition_27")

    return pa.array(map(is_old, rows), pa.bool_())


def _untimely(rows: Sequence[Row]) -> pa.Array:
    """Return which reports tell times, but none that can be read."""

    def is_lost(row: Row) -> bool:
        told = (row.get(c, "").partition(";")[0] for c in TIMES)
        times = [text for text in told if text and not text.startswith(("NV:", "PN:"))]
        return bool(times) and not any(map(is_time, times))

    return pa.array(map(is_lost, rows), pa.bool_())
