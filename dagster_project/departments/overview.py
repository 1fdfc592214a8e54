"""What a steward asks of the ledger: who sent what, when, and what became of it.

Belongs here: rows for a list, per feed and per delivery. Does not belong here: how they
look (``deliveries_view``, ``defs``), a row's own text (``quarantine``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from dagster_project.departments.drift import Warned, warnings
from dagster_project.departments.feeds import FEEDS

FEED = """
with by_feed as (
    select feed,
        count(*) filter (where status = 'taken') as n_taken,
        count(*) filter (where status = 'quarantined') as n_refused,
        max_by(delivery_id, delivery_id) filter (where status = 'taken') as newest_id,
        coalesce(sum(rows_quarantined) filter (where status = 'taken'), 0) as n_held,
        count(manifest_sha256) filter (where status = 'taken') as n_manifests
    from raw.deliveries group by feed
)
select by_feed.feed, n_taken, n_refused, newest.extracted_at, newest_id,
    newest.rows_in,
    (
        select cast(median(rows_in) as bigint) from raw.deliveries as like_it
        where like_it.feed = by_feed.feed and like_it.mode = newest.mode
            and like_it.status = 'taken'
    ) as usual_rows,
    n_held, n_manifests
from by_feed
left join raw.deliveries as newest on newest.delivery_id = newest_id
"""


@dataclass(frozen=True)
class FeedSeen:
    """One feed at a glance; ``state`` is ``in time``, ``late``, ``stale`` or ``none``.

    A feed is late when it is older than its rhythm, stale when older than agreed.
    """

    feed: str
    department: str
    taken: int
    refused: int
    newest: datetime | None
    newest_id: str | None
    newest_rows: int | None
    usual_rows: int | None
    held: int
    manifests: int
    state: str


def feeds_seen(
    connection: duckdb.DuckDBPyConnection, now: datetime, department: str | None = None
) -> list[FeedSeen]:
    """Return every feed, also those that never delivered."""
    found = {row[0]: row[1:] for row in connection.execute(FEED).fetchall()}
    seen = []
    for feed in FEEDS:
        if department not in (None, feed.department):
            continue
        told = found.get(feed.name, (0, 0, None, None, None, None, 0, 0))
        taken, refused, newest, newest_id, rows, usual, held, manifests = told
        state = "none"
        if newest:
            age = now - newest
            state = "late" if age > timedelta(hours=feed.every_hours) else "in time"
            if age > timedelta(hours=feed.stale_after_hours):
                state = "stale"
        seen.append(
            FeedSeen(
                feed.name,
                feed.department,
                taken,
                refused,
                newest,
                newest_id,
                rows,
                usual,
                held,
                manifests,
                state,
            )
        )
    return seen


def unusual(
    connection: duckdb.DuckDBPyConnection, seen: list[FeedSeen]
) -> tuple[list[Warned], list[str]]:
    """Return what is unusual about each feed's newest delivery, and about the feeds."""
    newest = {feed.newest_id for feed in seen}
    found = [w for w in warnings(connection) if w.delivery_id in newest]
    about = [
        f"{feed.feed}: nothing came since {feed.newest:%Y-%m-%d}, which is "
        f"{'longer than agreed' if feed.state == 'stale' else 'longer than usual'}"
        for feed in seen
        if feed.state in ("late", "stale")
    ]
    without = [
        f"{feed.feed} ({feed.taken - feed.manifests} of {feed.taken})"
        for feed in seen
        if feed.manifests < feed.taken
    ]
    if without:
        about.append(
            "no manifest came with " + ", ".join(without) + "; only a manifest tells a "
            "file cut between two rows, so ask the department for one"
        )
    return found, about


def newest_deliveries(
    connection: duckdb.DuckDBPyConnection, limit: int, department: str | None = None
) -> list[dict]:
    """Return the newest deliveries, every version of them, the newest first."""
    rows = connection.execute(
        "select delivery_id, department, name, mode, extracted_at, taken_at, rows_in, "
        "rows_loaded, rows_quarantined, status, reason, replaces from raw.deliveries "
        "where $1 is null or department = $1 "
        "order by coalesce(extracted_at, taken_at) desc, delivery_id desc limit $2",
        [department, limit],
    )
    return rows.to_arrow_table().to_pylist()


def trend(connection: duckdb.DuckDBPyConnection, per_feed: int = 52) -> list[dict]:
    """Return feed, time, rows and kind of each feed's newest deliveries, for a plot."""
    rows = connection.execute(
        "select feed, coalesce(extracted_at, taken_at) as moment, "
        "case when status = 'taken' then rows_in else 0 end as rows, "
        "case when status = 'quarantined' then 'refused' "
        "when rows_quarantined > 0 then 'with rows in quarantine' else 'taken' end "
        "as became from raw.deliveries "
        "where status in ('taken', 'quarantined') and year(moment) > 1 "
        "and mode is distinct from 'full' and feed in (select unnest(?)) "
        "qualify row_number() over (partition by feed order by moment desc) <= ? "
        "order by all",
        [[feed.name for feed in FEEDS], per_feed],
    )
    return rows.to_arrow_table().to_pylist()
