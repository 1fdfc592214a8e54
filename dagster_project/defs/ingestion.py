"""Deliveries into raw tables: one asset per raw table, one step per feed.

Belongs here: the assets, their freshness, what a run says about what came. Does not
belong here: how a format is read (``departments``), how a delivery is booked
(``departments.ledger``).
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.departments.feeds import FEEDS, Feed
from dagster_project.departments.ledger import take_all

RETRY = dg.RetryPolicy(max_retries=2, delay=1)
"""A delivery is written in one transaction and known by its hash: repeat at will."""

LEDGER = ("deliveries", "quarantined_rows")
"""The tables every feed writes a part of."""


def raw_key(table: str) -> dg.AssetKey:
    """Return the asset key of a raw table."""
    return dg.AssetKey(["raw", table])


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
        with warehouse.connect() as connection:
            outcomes = take_all(
                connection,
                warehouse.places.landing,
                feeds={feed.name},
                clock=warehouse.now,
                progress=lambda outcome, done, total: context.log.info(
                    f"delivery {done} of {total}"
                ),
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


@dg.multi_asset(
    name="ledger",
    specs=[
        dg.AssetSpec(
            raw_key(table),
            group_name="raw",
            deps=[raw_key(t.name) for feed in FEEDS for t in feed.tables],
            description=description,
            kinds={"duckdb"},
        )
        for table, description in zip(
            LEDGER,
            (
                "One row per delivery: what came, from whom, what became of its rows.",
                "One row per delivered row that was not let in: line, rule, reason.",
            ),
            strict=True,
        )
    ],
    pool="duckdb_writer",
)
def ledger(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Balance the books: every row delivered is loaded or quarantined, none is lost.

    Deliveries whose name belongs to no feed are booked here, as quarantined.
    """
    with warehouse.connect() as connection:
        take_all(
            connection,
            warehouse.places.landing,
            feeds=(),
            strays=True,
            clock=warehouse.now,
        )
        unbalanced = connection.sql(
            "select delivery_id from raw.deliveries "
            "where status = 'taken' and rows_in <> rows_loaded + rows_quarantined"
        ).fetchall()
        if unbalanced:
            raise dg.Failure(
                "raw.deliveries does not balance (rows_in = rows_loaded + "
                f"rows_quarantined) for {', '.join(row[0] for row in unbalanced)}"
            )
        by_feed = connection.sql(
            "select feed, count(*), count(*) filter (where status = 'quarantined'), "
            "sum(rows_in), sum(rows_quarantined), max(extracted_at) "
            "from raw.deliveries group by feed order by feed"
        ).fetchall()
        counts = {
            table: connection.sql(f"select count(*) from raw.{table}").fetchone()[0]
            for table in LEDGER
        }
    head = "| feed | deliveries | quarantined | rows | rows quarantined | newest |"
    lines = [head, "|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in by_feed]
    for table in LEDGER:
        yield dg.MaterializeResult(
            asset_key=raw_key(table),
            metadata={
                "dagster/row_count": counts[table],
                "by_feed": dg.MetadataValue.md("\n".join(lines)),
            },
        )


def _summary(outcomes: list) -> str:
    """Return the newest twenty deliveries of a run as a markdown table."""
    lines = [
        "| delivery | status | rows | loaded | quarantined |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {o.name} | {o.status} | {o.rows_in} | {o.rows_loaded} "
        f"| {o.rows_quarantined} |"
        for o in outcomes[-20:]
    ]
    return "\n".join(lines) if outcomes else "Nothing new."


@dg.definitions
def ingestion() -> dg.Definitions:
    """Register every feed and the ledger."""
    return dg.Definitions(assets=[*(feed_assets(feed) for feed in FEEDS), ledger])
