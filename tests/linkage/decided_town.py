"""A town, and two decisions that the evidence there contradicts.

Belongs here: the town, who is decided to be whom, whether a partition keeps to it. Does
not belong here: any test, runs after one another (``state_lives``).
"""

from functools import cache

import pyarrow as pa

from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK
from dagster_project.linkage.link import link
from dagster_project.linkage.table_decisions import TableDecision
from tests.linkage.invented_town import invented_records
from tests.linkage.state_lives import clusters


@cache
def town() -> pa.Table:
    """Return the records."""
    return invented_records(110, seed=8)[0]


@cache
def plain() -> dict[str, str | None]:
    """Return record id -> cluster, as the evidence alone has it."""
    return clusters(link(town()).partition)


@cache
def chosen() -> tuple[tuple[str, str], tuple[str, str]]:
    """Return two records of one person, and two of two people."""
    people: dict[str, list[str]] = {}
    for record, cluster in plain().items():
        people.setdefault(cluster, []).append(record)
    people.pop(None, None)
    together = next(records for records in people.values() if len(records) > 1)[:2]
    apart = [records[0] for records in people.values() if records[0] not in together]
    return tuple(together), (apart[0], apart[-1])


def against_evidence() -> list[TableDecision]:
    """Return a cannot-link on the first two, and a must-link on the others."""
    together, apart = chosen()
    return [
        TableDecision(CANNOT_LINK, *sorted(together)),
        TableDecision(MUST_LINK, *sorted(apart)),
    ]


def stands(found: dict, decided: list[TableDecision]) -> list[bool]:
    """Return which decisions hold in a partition."""
    return [(found[d.left] == found[d.right]) == (d.kind == MUST_LINK) for d in decided]
