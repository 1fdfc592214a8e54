"""Deliveries into raw tables: one asset per raw table, one step per feed.

Belongs here: the assets, their freshness, what a run says about what came. Does not
belong here: how a format is read (``departments``), how a delivery is booked
(``departments.ledger``), the books themselves (``defs.ledger``).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.departments.feeds import FEEDS, Feed
from dagster_project.departments.ledger import take_all

RETRY = dg.RetryPolicy(max_retries=2, delay=1)
"""A delivery is written in one transaction and known by its hash: repeat at will."""


def raw_key(table: str) -> dg.AssetKey:
    """Return the asset key of a raw table."""
    return dg.AssetKey(["raw", table])


TOLD = 20
"""Lines about a feed's progress that a run's history keeps; each costs a
millisecond, and most deliveries take no longer themselves."""


def is_told(done: int, total: int) -> bool:
    """Return whether this delivery is one of those that progress is told at."""
    return done == 1 or done * TOLD // total > (done - 1) * TOLD // total


def cell(value: object) -> str:
    """Return a value as one cell of a markdown table, whatever it holds."""
    text = "–" if value is None else str(value)
    text = "".join(c if c.isprintable() else " " for c in text)
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def feed_assets(feed: Feed) -> dg.AssetsDefinition:
    """Return the assets of one feed: its raw tables, written together."""

    @dg.multi_asset(
        name=f"take_{feed.name}",
        specs=[
            dg.AssetSpec(
                raw_key(table.name),
                group_name="raw",
                description=f"{feed.title}: {table.source}, as delivered.",
                freshness_policy=dg.FreshnessPolicy.time_window(
                    warn_window=timedelta(hours=feed.every_hours),
                    fail_window=timedelta(hours=feed.stale_after_hours),
                ),
                kinds={"python", "duckdb"},
                owners=[f"team:{feed.department}"],
            )
            for table in feed.tables
        ],
        pool="duckdb_writer",
        retry_policy=RETRY,
    )
    def take_feed(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult]:
        def tell(_outcome: object, done: int, total: int) -> None:
            if is_told(done, total):
                context.log.info(f"delivery {done} of {total}")

        with warehouse.connect() as connection:
            outcomes = take_all(
                connection,
                warehouse.places.landing,
                feeds={feed.name},
                clock=warehouse.now,
                progress=tell,
            )
            new = [outcome for outcome in outcomes if outcome.status != "known"]
            rows = {
                table.name: connection.sql(
                    f"select count(*) from raw.{table.name}"
                ).fetchone()[0]
                for table in feed.tables
            }
        refused = [outcome for outcome in new if outcome.status == "quarantined"]
        for outcome in refused:
            context.log.warning(f"quarantined: {outcome.reason}")
        for table in feed.tables:
            yield dg.MaterializeResult(
                asset_key=raw_key(table.name),
                metadata={
                    "dagster/row_count": rows[table.name],
                    "deliveries_new": len(new),
                    "deliveries_quarantined": len(refused),
                    "what_came": dg.MetadataValue.md(_summary(new)),
                },
            )

    return take_feed


def _summary(outcomes: list) -> str:
    """Return the newest twenty deliveries of a run as a markdown table."""
    lines = [
        "| delivery | status | rows | loaded | quarantined |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {cell(o.name)} | {o.status} | {o.rows_in} | {o.rows_loaded} "
        f"| {o.rows_quarantined} |"
        for o in outcomes[-20:]
    ]
    return "\n".join(lines) if outcomes else "Nothing new."


@dg.definitions
def ingestion() -> dg.Definitions:
    """Register every feed."""
    return dg.Definitions(assets=[feed_assets(feed) for feed in FEEDS])
