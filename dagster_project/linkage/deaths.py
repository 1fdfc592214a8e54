"""Linked records that date a person as alive after a recorded death.

Belongs here: finding them, as questions for a steward. Does not belong here: undoing
the link: a date may be as wrong as a link.
"""

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.dates import written_digits
from dagster_project.linkage.questions import DEATH, Question, question_table
from dagster_project.linkage.rows_by_id import ids_of, rows_of

GRACE = 1
"""Days: a death is often booked a day late, a visit after midnight a day early."""


COLUMNS = ("client_record_id", "source_system", "died_on", "last_seen_on")
"""What is read of the records."""


def dates_of_life(records: pa.Table) -> pa.Table:
    """Return the columns read here, so that the others need not be kept."""
    return records.select([name for name in COLUMNS if name in records.column_names])


def union_of_lives(records: pa.Table, later: pa.Table, ids: pa.Array) -> pa.Table:
    """Return what is read here of some records, by record id.

    Args:
        records: those of before, by record id.
        later: those that came since; one whose id is known takes the place of its
            record.
        ids: of the records that are wanted; none is given where nobody dates anything.
    """
    if not {"died_on", "last_seen_on"} <= {*records.column_names, *later.column_names}:
        return dates_of_life(later.slice(0, 0))
    later = rows_of(dates_of_life(later), ids)
    before = rows_of(dates_of_life(records), ids)
    is_new = pc.is_in(before["client_record_id"], value_set=ids_of(later))
    tables = [before.filter(pc.invert(is_new)), later]
    both = pa.concat_tables(tables, promote_options="permissive")
    return both.sort_by("client_record_id")


def death_questions(records: pa.Table, cluster: pa.ChunkedArray) -> pa.Table:
    """Return the questions about linked records; none without the two dates.

    Args:
        records: ``read_columns``'s table, perhaps with ``died_on``, ``last_seen_on``.
        cluster: of each of its rows, null for none.
    """
    found: list[Question] = []
    if {"died_on", "last_seen_on"} <= set(records.column_names):
        nameless = pa.nulls(records.num_rows, pa.string())
        has_source = "source_system" in records.column_names
        found = seen_after_death(
            cluster.combine_chunks(),
            records["died_on"].combine_chunks(),
            records["last_seen_on"].combine_chunks(),
            records["source_system"].combine_chunks() if has_source else nameless,
        )
    return question_table(found, records["client_record_id"].combine_chunks())


def seen_after_death(
    person: pa.Array,
    died_on: pa.Array,
    last_seen_on: pa.Array,
    source: pa.Array,
) -> list[Question]:
    """Return one question per person that records date as alive after its death.

    The death is the earliest one recorded for the person. A record that holds a death
    itself is not asked when it was last seen: its own department must know. The pair
    shown is the record with the death and the one seen last.

    Args:
        person: of each record, null for none; any label will do.
        died_on: recorded day of death, or null.
        last_seen_on: last day the record's department met the client, or null.
        source: the record's source, named in the reason.
    """
    died, seen = _days(died_on), _days(last_seen_on)
    number = person.dictionary_encode().indices
    owner = pc.fill_null(number, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    dead = np.flatnonzero((owner >= 0) & (died > NEVER))
    if not len(dead):
        return []
    dead = dead[np.lexsort((dead, died[dead], owner[dead]))]
    _, first = np.unique(owner[dead], return_index=True)
    record_of_death = np.full(owner.max() + 1, -1)
    record_of_death[owner[dead[first]]] = dead[first]
    told_by = np.where(owner >= 0, record_of_death[owner], -1)
    after = np.flatnonzero(
        (told_by >= 0) & (died == NEVER) & (seen > died[told_by] + GRACE)
    )
    questions = []
    for rows in np.split(
        after[np.argsort(owner[after], kind="stable")],
        np.flatnonzero(np.diff(np.sort(owner[after]))) + 1,
    ):
        if len(rows):
            sources = sorted(set(source.take(pa.array(rows)).to_pylist()) - {None})
            named = f" ({', '.join(sources)})" if sources else ""
            last = rows[np.lexsort((rows, -seen[rows]))[0]]
            questions.append(
                Question(
                    DEATH,
                    int(told_by[last]),
                    int(last),
                    f"seen alive after a recorded death{named}",
                    float(len(rows) * max(1, len(sources))),
                    None,
                    int((owner == owner[last]).sum()),
                    1,
                )
            )
    return questions


NEVER = np.iinfo(np.int64).min // 2
"""Stands for no date: earlier than any, also with days added."""


def _days(column: pa.Array) -> np.ndarray:
    """Return dates as days since 1970, from dates, instants or text."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        coded = column.cast(pa.string()).dictionary_encode()
        days = pa.array(map(_day, coded.dictionary.to_pylist()), pa.date32())
        column = days.take(coded.indices)
    days = column.cast(pa.date32(), safe=False).cast(pa.int32()).cast(pa.int64())
    return pc.fill_null(days, NEVER).to_numpy(zero_copy_only=False)


def _day(text: str) -> date | None:
    """Return a day as it is written, None if that is no whole date."""
    digits = written_digits(text)
    try:
        return datetime.strptime(digits, "%Y%m%d").date() if len(digits) == 8 else None
    except ValueError:
        return None
