"""A few invented people's linked record, written by day numbers.

Belongs here: building the tables from short tuples. Day 0 is 2026-01-01.
"""

from datetime import date, timedelta

import pyarrow as pa

from dagster_project.effects.history import Linked, from_tables

START = date(2026, 1, 1)


def day(number: int) -> date:
    return START + timedelta(number)


def record(
    contacts: list[tuple] = (),
    outcomes: list[tuple] = (),
    stays: list[tuple] = (),
    offers: list[tuple] = (),
    last: int = 400,
) -> Linked:
    """Return a linked record.

    Args:
        contacts: (person, day, department, kind) or with "hospital" as a fifth; for an
            overdose "warm" or "none" as a fifth tells what the log says of a hand-off.
        outcomes: (person, day, type).
        stays: (person, kind, entered, left or None).
        offers: (person, day, department, service, accepted).
        last: The last day that is judged.
    """
    opens = {
        "crisis": "crisis_response",
        "overdose": "overdose_response",
        "outreach": "outreach",
        "encampment_operation": "encampment_operation",
    }
    more = [row[4] if len(row) > 4 else None for row in contacts]
    hospital = [word == "hospital" for word in more]
    handed = [word if word in ("warm", "none") else None for word in more]
    return from_tables(
        contacts=pa.table(
            {
                "person_id": _text(row[0] for row in contacts),
                "contact_id": _text(f"C{n:04d}" for n in range(len(contacts))),
                "contacted_on": _days(row[1] for row in contacts),
                "department": _text(row[2] for row in contacts),
                "contact_kind": _text(row[3] for row in contacts),
                "intervention_type": _text(
                    None if inside else opens.get(row[3])
                    for row, inside in zip(contacts, hospital, strict=True)
                ),
                "is_hospital": pa.array(hospital, pa.bool_()),
                "neighborhood": _text(None for _ in contacts),
                "hand_off": _text(handed),
            }
        ),
        offers=pa.table(
            {
                "person_id": _text(row[0] for row in offers),
                "offer_id": _text(f"O{n:04d}" for n in range(len(offers))),
                "offered_on": _days(row[1] for row in offers),
                "department": _text(row[2] for row in offers),
                "service_type": _text(row[3] for row in offers),
                "is_accepted": pa.array([row[4] for row in offers], pa.bool_()),
            }
        ),
        outcomes=pa.table(
            {
                "person_id": _text(row[0] for row in outcomes),
                "outcome_type": _text(row[2] for row in outcomes),
                "occurred_on": _days(row[1] for row in outcomes),
            }
        ),
        stays=pa.table(
            {
                "person_id": _text(row[0] for row in stays),
                "stay_kind": _text(row[1] for row in stays),
                "entered_on": _days(row[2] for row in stays),
                "left_on": _days(row[3] for row in stays),
            }
        ),
        data_through=day(last),
    )


def _text(values) -> pa.Array:
    return pa.array(list(values), pa.string())


def _days(values) -> pa.Array:
    return pa.array([None if v is None else day(v) for v in values], pa.date32())
