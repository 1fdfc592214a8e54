"""What became of a delivery, and the row in the ledger that says so.

Belongs here: the outcome and its row. Does not belong here: how it came about
(``ledger``), the tables (``ledger_tables``).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dagster_project.departments.landing import Delivery
from dagster_project.departments.rows import Facts
from dagster_project.departments.sidecar import Sidecar


@dataclass(frozen=True)
class DeliveryOutcome:
    """What became of one delivery; ``known`` means it was taken or refused before."""

    delivery_id: str
    department: str
    feed: str
    name: str
    status: Literal["taken", "quarantined", "known"]
    reason: str | None = None
    rows_in: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    rows_left_out: int = 0


def ledger_row(
    delivery: Delivery,
    outcome: DeliveryOutcome,
    facts: Facts | None,
    moment: datetime | None,
    taken_at: datetime,
    *,
    agreement: str,
    version: int = 1,
    replaces: str | None = None,
) -> tuple:
    """Return the one row that stands for a delivery, taken or not.

    Args:
        delivery: What was delivered.
        outcome: What became of it.
        facts: What it says about itself, None when it could not be read.
        moment: When its source extracted it.
        taken_at: When this row is written.
        agreement: Hash of the agreement it was read under.
        version: Which reading of this place in line it is, counted from 1.
        replaces: Delivery id of the version before.
    """
    told = delivery.sidecar or Sidecar()
    return (
        outcome.delivery_id,
        outcome.feed,
        delivery.department,
        outcome.name,
        delivery.sha256,
        delivery.bytes,
        told.mode or (facts.mode if facts else None),
        told.schema_version or (facts.schema_version if facts else None),
        moment,
        told.period_start or (facts.period_start if facts else None),
        told.period_end or (facts.period_end if facts else None),
        outcome.rows_in,
        outcome.rows_loaded,
        outcome.rows_quarantined,
        outcome.status,
        outcome.reason,
        taken_at,
        version,
        replaces,
        told.own_sha256,
        agreement,
    )
