"""The delivery ledger as assets: what came, what is unusual, what waits.

Belongs here: balancing the books and showing them in the Dagster UI. Does not belong
here: taking a feed's deliveries (``defs.ingestion``), what counts as unusual
(``departments.drift``).
"""

from collections.abc import Iterable, Iterator, Sequence

import dagster as dg
import duckdb

from dagster_project.defs.ingestion import cell, raw_key
from dagster_project.defs.resources import Warehouse
from dagster_project.departments import overview, profiles, quarantine
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.ledger import take_all
from dagster_project.erasure.carrying_out import carry_out
from dagster_project.erasure.following import is_following
from dagster_project.governance.in_force import projects_agreement

LEDGER = {
    "deliveries": "One row per delivery: who sent it, what became of its rows.",
    "quarantined_rows": "One row per delivered row that was not let in, and why.",
    "left_out_rows": "One row per delivery, table and reason to leave something out.",
}
"""The tables every feed writes a part of."""

AS_USUAL = dg.AssetCheckSpec(
    name="as_usual",
    asset=raw_key("deliveries"),
    description="volume, columns, codes, empty fields and rhythm are those of before",
)


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
        for table, description in LEDGER.items()
    ],
    check_specs=[AS_USUAL],
    pool="duckdb_writer",
)
def ledger(
    context: dg.AssetExecutionContext,
    warehouse: Warehouse,
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Balance the books: every row delivered is loaded or quarantined, none is lost.

    What lies in the landing folder and belongs to no feed is booked here, as refused.
    Open erasures are carried out here: after the last delivery, before the first table.
    """
    from dagster_project.publication import delivery_pictures

    here = warehouse.places
    with warehouse.connect() as connection:
        take_all(connection, here.landing, feeds=(), strays=True, clock=warehouse.now)
        for order in filter(is_following, carry_out(connection, here)):
            context.log.info(
                f"erasure {order.erasure_id} takes out {len(order.client_records)} "
                f"client record ids: {order.reason}"
            )
        _balance(connection)
        profiles.profile(connection)
        quarantine.write_files(connection, here.quarantine)
        seen = overview.feeds_seen(connection, warehouse.now())
        found, about = overview.unusual(connection, seen)
        trend = delivery_pictures.trend_chart(overview.trend(connection))
        newest = overview.newest_deliveries(connection, 30)
        waiting = connection.execute(
            "select department, table_name, column_name, rule, count(*) "
            "from raw.quarantined_rows group by all order by all"
        ).fetchall()
        counts = {
            table: connection.sql(f"select count(*) from raw.{table}").fetchone()[0]
            for table in LEDGER
        }
    if trend:
        delivery_pictures.write(trend, here.deliveries_picture)
    unusual = [(w.delivery_id, w.rule, w.sentence) for w in found]
    unusual += [("", "", sentence) for sentence in about]
    shown = {
        "trend": dg.MetadataValue.md(delivery_pictures.as_markdown(trend)),
        "feeds": _table(vars(seen[0]), (vars(feed).values() for feed in seen)),
        "worth_a_look": _table(("delivery", "rule", "what"), unusual),
        "newest": _table(newest[0], (row.values() for row in newest)) if newest else "",
    }
    head = ("department", "table", "column", "rule", "rows")
    by_rule = {"by_rule": _table(head, waiting)}
    about_tables = {"deliveries": shown, "quarantined_rows": by_rule}
    agreement = projects_agreement(warehouse.now().date())
    shown["agreement"] = f"{agreement.id} {agreement.version} {agreement.sha256}"
    for table in LEDGER:
        metadata = about_tables.get(table, {})
        yield dg.MaterializeResult(
            asset_key=raw_key(table),
            metadata={"dagster/row_count": counts[table], **metadata},
        )
    yield dg.AssetCheckResult(
        asset_key=AS_USUAL.asset_key,
        check_name=AS_USUAL.name,
        passed=not found,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"worth_a_look": shown["worth_a_look"], "deliveries": len(found)},
    )


def _balance(connection: duckdb.DuckDBPyConnection) -> None:
    unbalanced = connection.sql(
        "select delivery_id from raw.deliveries "
        "where status = 'taken' and rows_in <> rows_loaded + rows_quarantined"
    ).fetchall()
    if unbalanced:
        raise dg.Failure(
            "raw.deliveries does not balance (rows_in = rows_loaded + "
            f"rows_quarantined) for {', '.join(row[0] for row in unbalanced)}"
        )


def _table(
    head: Iterable[str], rows: Iterable[Sequence[object]]
) -> dg.MarkdownMetadataValue:
    """Return a markdown table; figures only, and names of files and codes."""
    head = list(head)
    lines = [head, ["---"] * len(head), *(map(cell, row) for row in rows)]
    return dg.MetadataValue.md("\n".join(f"| {' | '.join(line)} |" for line in lines))


@dg.definitions
def books() -> dg.Definitions:
    """Register the ledger."""
    return dg.Definitions(assets=[ledger])
