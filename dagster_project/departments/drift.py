"""Say what is unusual about a delivery, measured against those before it.

Belongs here: volume, columns, codes, empty fields, rhythm, manifests. Does not belong
here: what is wrong with a row (``row_rules``) or a file (the readers).

A warning never stops anything. It compares with the twelve deliveries before, of the
same feed, kind and version, in the source's order; so it stays true however late a
delivery came. A file cut off between two rows shows nowhere else.
"""

from dataclasses import dataclass
from datetime import timedelta

import duckdb

from dagster_project.departments.feeds import FEEDS

HISTORY = 12
"""Deliveries to compare with: a quarter of weekly ones, a year of monthly ones."""
HISTORY_FROM = 4
"""Fewer say nothing about what is usual."""
LOW, HIGH = 0.6, 1.8
"""Rows to the median of the history. Our weekly deliveries keep within .72 and 1.66;
half a file is .5."""
CHANCE = 4
"""Standard deviations of a count (its square root) that chance does not reach."""
SHRUNK = 0.8
"""Rows of a full export to the full export before: it holds all, so it grows."""
FILL_SHIFT = 0.2
"""Change of the share of filled fields: from thirty rows on, chance moves it less."""
FILL_ROWS = 30
GAP = 1.6
"""Time since the delivery before, to the feed's rhythm: one was probably left out."""
HELD_SHARE, HELD_ROWS = 0.05, 5
"""Rows in quarantine that deserve a word: both must be reached."""

BEFORE = f"rows between {HISTORY} preceding and 1 preceding"

VOLUME = f"""
select delivery_id, mode, rows_in,
    cast(median(rows_in) over earlier as bigint) as usual,
    count(*) over earlier as history,
    lag(rows_in) over (partition by feed, mode order by delivery_id) as last_rows
from raw.deliveries where status = 'taken'
window earlier as (partition by feed, mode order by delivery_id {BEFORE})
"""
FILL = f"""
with filled as (
    select delivery_id, feed, table_name, column_name, profiles.rows,
        filled / profiles.rows as share,
        median(filled / profiles.rows) over earlier as usual,
        count(*) over earlier as history
    from raw.column_profiles as profiles
    inner join raw.deliveries using (delivery_id)
    window earlier as (
        partition by feed, mode, schema_version, table_name, column_name
        order by delivery_id {BEFORE}
    )
)
select delivery_id, table_name, column_name, usual, share from filled
where history >= {HISTORY_FROM} and rows >= {FILL_ROWS}
    and abs(share - usual) >= {FILL_SHIFT}
order by all
"""
NEW_CODES = f"""
with seen as (
    select deliveries.feed, profiles.* from raw.code_profiles as profiles
    inner join raw.deliveries as deliveries using (delivery_id)
),
begun as (
    select *, row_number() over (
        partition by feed, table_name, column_name order by delivery_id
    ) as nth
    from (select distinct feed, table_name, column_name, delivery_id from seen)
),
first_seen as (
    select feed, table_name, column_name, code, min(delivery_id) as delivery_id,
        arg_min(rows, delivery_id) as n_rows
    from seen group by feed, table_name, column_name, code
)
select delivery_id, table_name, column_name,
    list(code order by n_rows desc, code)[:5] as codes, count(*) as n_codes,
    cast(sum(n_rows) as bigint) as n_rows
from first_seen
inner join begun using (feed, table_name, column_name, delivery_id)
where nth > {HISTORY_FROM}
group by all
order by all
"""
LEFT_OUT = """
with first_seen as (
    select feed, table_name, rule, min(delivery_id) as delivery_id
    from raw.left_out_rows inner join raw.deliveries using (delivery_id)
    where rule like 'column_not_agreed: %' or rule = 'file_not_delivered'
    group by all
)
select delivery_id, table_name, rule from first_seen order by all
"""
VERSIONS = """
select delivery_id, schema_version, before from (
    select delivery_id, schema_version, manifest_sha256,
        lag(schema_version) over (partition by feed order by delivery_id) as before,
        lag(manifest_sha256) over (partition by feed order by delivery_id) as promised
    from raw.deliveries where status = 'taken'
)
where schema_version <> before and manifest_sha256 is null and promised is null
order by delivery_id
"""
QUARANTINE = f"""
select delivery_id, rows_in, rows_quarantined from raw.deliveries
where status = 'taken' and rows_quarantined >= {HELD_ROWS}
    and rows_quarantined >= {HELD_SHARE} * rows_in
order by delivery_id
"""
MANIFESTS = """
select delivery_id, reason from raw.deliveries
where status = 'taken' and reason is not null
order by delivery_id
"""
SAME_TIME = """
select one.delivery_id, min(other.delivery_id) as other
from raw.deliveries as one
inner join raw.deliveries as other
    on one.feed = other.feed and one.extracted_at = other.extracted_at
        and one.delivery_id <> other.delivery_id
where one.status = 'taken' and other.status = 'taken'
group by one.delivery_id
order by one.delivery_id
"""
RHYTHM = """
select delivery_id, feed, extracted_at,
    lag(extracted_at) over (partition by feed order by delivery_id) as before,
    period_start, lag(period_end) over (partition by feed order by delivery_id) as ended
from raw.deliveries where status = 'taken'
order by delivery_id
"""


@dataclass(frozen=True)
class Warned:
    """One unusual thing about one delivery."""

    delivery_id: str
    rule: str
    sentence: str


def warnings(connection: duckdb.DuckDBPyConnection) -> list[Warned]:
    """Return what is unusual about the deliveries in force, in the source's order."""
    found = [
        *_volume(connection),
        *_rhythm(connection),
        *_columns(connection),
        *_codes(connection),
    ]
    return sorted(found, key=lambda warned: (warned.delivery_id, warned.rule))


def _volume(connection: duckdb.DuckDBPyConnection) -> list[Warned]:
    found = []
    for name, mode, rows, usual, history, last in connection.execute(VOLUME).fetchall():
        if mode == "full":
            if last and rows < SHRUNK * last:
                told = f"{rows:,} rows, the full export before it held {last:,}"
                found.append(Warned(name, "volume", told))
        elif (
            history >= HISTORY_FROM
            and not LOW * usual <= rows <= HIGH * usual
            and abs(rows - usual) > CHANCE * usual**0.5
        ):
            told = f"{rows:,} rows where {usual:,} are usual"
            told += "; was the file cut off?" if rows < usual else ""
            found.append(Warned(name, "volume", told))
    for name, reason in connection.execute(MANIFESTS).fetchall():
        found.append(Warned(name, "manifest", reason))
    for name, rows, held in connection.execute(QUARANTINE).fetchall():
        told = f"{held:,} of {rows:,} rows wait in quarantine"
        found.append(Warned(name, "quarantine", told))
    return found


def _rhythm(connection: duckdb.DuckDBPyConnection) -> list[Warned]:
    every = {feed.name: timedelta(hours=feed.every_hours) for feed in FEEDS}
    found = []
    rows = connection.execute(RHYTHM).fetchall()
    for name, feed, moment, before, start, ended in rows:
        if start and ended and start > ended:
            told = f"its period starts on {start}, the one before ended on {ended}"
            found.append(Warned(name, "period", told))
        elif moment and before and moment - before > GAP * every[feed]:
            told = f"{(moment - before).days} days after the delivery before"
            found.append(Warned(name, "period", f"{told}; is one missing?"))
    for name, other in connection.execute(SAME_TIME).fetchall():
        told = (
            f"made at the same time as {other}: of a record that both hold, and whose "
            "time of change is the same, either may count; withdraw the one that the "
            "other replaces"
        )
        found.append(Warned(name, "same_time", told))
    return found


def _columns(connection: duckdb.DuckDBPyConnection) -> list[Warned]:
    found = []
    for name, table, column, usual, share in connection.execute(FILL).fetchall():
        told = (
            f"{table}.{column} is filled in {share:.0%} of the rows, usual {usual:.0%}"
        )
        found.append(Warned(name, "empty_fields", told))
    for name, table, rule in connection.execute(LEFT_OUT).fetchall():
        column = rule.partition(": ")[2]
        told = f"{table}: column {column!r} is not agreed and was left out"
        if not column:
            told = f"{table}: its file was not delivered; earlier rows stay"
        found.append(Warned(name, "columns", told))
    for name, version, before in connection.execute(VERSIONS).fetchall():
        told = f"schema version {version}, before it {before}"
        found.append(Warned(name, "columns", told))
    asked = "select delivery_id, table_name, names from raw.garbled_names order by all"
    for name, table, names in connection.execute(asked).fetchall():
        told = f"{table}: {names:,} names look garbled; was UTF-8 read as Windows-1252?"
        found.append(Warned(name, "garbled", told))
    return found


def _codes(connection: duckdb.DuckDBPyConnection) -> list[Warned]:
    found = []
    for name, table, column, codes, count, rows in connection.execute(
        NEW_CODES
    ).fetchall():
        listed = ", ".join(map(repr, codes)) + (" …" if count > len(codes) else "")
        told = f"{table}.{column} holds codes not seen before: {listed} ({rows:,} rows)"
        found.append(Warned(name, "codes", told))
    return found
