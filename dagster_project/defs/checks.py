"""Great Expectations suites as asset checks on the tables that Python writes.

Belongs here: reading a suite, running it, reporting counts. Does not belong here: what
a department promised; that is one JSON file per table in ``expectations/``, and the
file's presence registers the check.

Two checks per table: ``promises`` holds the critical expectations and blocks what is
downstream, ``warnings`` shows and lets pass. Results carry counts, never values: the
values are people's data.
"""

import gc
import json
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from dagster_project.collector import loading
from dagster_project.defs.blame import deliveries_behind
from dagster_project.defs.case_conference import CASE_LIST
from dagster_project.defs.ledger import LEDGER
from dagster_project.defs.resources import Warehouse
from dagster_project.governance.consent_tables import TABLES as CONSENT
from dagster_project.linkability.tables import TABLES as LINKABILITY
from dagster_project.places import EXPECTATIONS

LAYERS = ("raw", "linkage", "marts")
"""The schemas that Python writes to; dbt tests its own tables."""

STEPS = {
    **dict.fromkeys(LEDGER, "ledger"),
    **dict.fromkeys(CONSENT, "consent"),
    **dict.fromkeys((CASE_LIST.path[-1], *LINKABILITY), "after_linkage"),
}
"""Tables that are written from others of their schema, and the step that checks them.
In one step with those they would wait for themselves, and Dagster would break the
circle by splitting every step of the job."""

MANY_ROWS = 100_000
"""With so many rows read, memory is given back before the next table is: a source of
Great Expectations keeps every batch it was ever given, batch and source point at each
other, and Python's own collector may be long in coming."""

COMPUTED = {
    "_day_after_extract": (
        "strftime(try_strptime(regexp_extract(_delivery_id, '_([0-9]{8})T', 1), "
        "'%Y%m%d') + interval 1 day, '%Y-%m-%d') as _day_after_extract"
    ),
}
"""Columns a suite may name that no table has. A delivery's id tells when its source
made it; the day after, since one clock is local and the other UTC."""


@dataclass(frozen=True)
class Suite:
    """One table's expectations."""

    schema: str
    table: str
    expectations: tuple[dict[str, Any], ...]

    @property
    def columns(self) -> list[str]:
        """Return the columns the expectations speak of, so that only they are read."""
        named: set[str] = set()
        for expectation in self.expectations:
            arguments = expectation["kwargs"]
            named.update(arguments.get("column_list", ()))
            for key in ("column", "column_A", "column_B"):
                if key in arguments:
                    named.add(arguments[key])
        return sorted(named)

    def of_severity(self, critical: bool) -> list[dict[str, Any]]:
        """Return the critical expectations, or the others."""
        return [
            expectation
            for expectation in self.expectations
            if (expectation.get("severity", "critical") == "critical") is critical
        ]


def read_suites(folder: Path = EXPECTATIONS) -> list[Suite]:
    """Return every suite in ``expectations/<schema>/<table>.json``, sorted by path."""
    return [
        Suite(
            schema=path.parent.name,
            table=path.stem,
            expectations=tuple(json.loads(path.read_text())["expectations"]),
        )
        for layer in LAYERS
        for path in sorted((folder / layer).glob("*.json"))
    ]


def check_specs(suites: list[Suite]) -> list[dg.AssetCheckSpec]:
    """Return the specs of ``promises`` and ``warnings`` where a suite has them."""
    specs = []
    for suite in suites:
        for critical, name in ((True, "promises"), (False, "warnings")):
            expectations = suite.of_severity(critical)
            if expectations:
                specs.append(
                    dg.AssetCheckSpec(
                        name=name,
                        asset=dg.AssetKey([suite.schema, suite.table]),
                        blocking=critical,
                        description="; ".join(
                            e.get("description", e["type"]) for e in expectations
                        ),
                    )
                )
    return specs


def run_suite(
    suite: Suite, batch: Any, connection: duckdb.DuckDBPyConnection | None = None
) -> Iterator[dg.AssetCheckResult]:
    """Yield the result of each severity of a suite over one batch.

    Args:
        suite: What to hold the rows to.
        batch: The rows, as Great Expectations takes them.
        connection: The warehouse, to name the deliveries of rows that broke a promise.
    """
    from great_expectations.core import ExpectationSuite

    for critical, name in ((True, "promises"), (False, "warnings")):
        expectations = suite.of_severity(critical)
        if not expectations:
            continue
        result = batch.validate(
            ExpectationSuite(name=suite.table, expectations=expectations),
            result_format="BASIC",
        )
        metadata = _counts(expectations, result.results)
        is_of_deliveries = suite.schema == "raw" and suite.table not in STEPS
        if connection and is_of_deliveries and not result.success:
            metadata["deliveries"] = deliveries_behind(
                connection, suite.table, batch, expectations, result.results
            )
        yield dg.AssetCheckResult(
            asset_key=dg.AssetKey([suite.schema, suite.table]),
            check_name=name,
            passed=bool(result.success),
            severity=dg.AssetCheckSeverity.ERROR
            if critical
            else dg.AssetCheckSeverity.WARN,
            metadata=metadata,
        )


def run_suites(
    gx_context: Any, suites: Sequence[Suite], warehouse: Warehouse
) -> Iterator[dg.AssetCheckResult]:
    """Yield the results of suites over their tables, read one after the other.

    Opening the warehouse and telling Great Expectations of a source cost more than the
    checks of a small table, so both serve several: until ``MANY_ROWS`` were read.
    """
    left = deque(suites)
    while left:
        source = gx_context.data_sources.add_pandas("warehouse")
        read = 0
        try:
            with warehouse.connect(read_only=True) as connection:
                while left and read <= MANY_ROWS:
                    suite = left.popleft()
                    rows = _rows(connection, suite)
                    read += len(rows)
                    batch = (
                        source.add_dataframe_asset(f"{suite.schema}.{suite.table}")
                        .add_batch_definition_whole_dataframe("all")
                        .get_batch({"dataframe": rows})
                    )
                    yield from run_suite(suite, batch, connection)
        finally:
            gx_context.data_sources.delete("warehouse")
            source = rows = batch = None
            if read > MANY_ROWS:
                gc.collect()


def _rows(connection: duckdb.DuckDBPyConnection, suite: Suite) -> Any:
    """Return the rows of a suite's table, only the columns that it speaks of."""
    columns = _selected(suite.columns)
    found = connection.sql(f"select {columns} from {suite.schema}.{suite.table}")
    return found.to_arrow_table().to_pandas(types_mapper=_texts)


def _texts(arrow: Any) -> Any:
    """Return pandas' type for texts that stay as Arrow has them; None for the rest.

    As Python's strings they cost a quarter more processor time, for the same results.
    """
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    if not pa.types.is_string(arrow):
        return None
    return pd.StringDtype("pyarrow", na_value=np.nan)


def _counts(expectations: list[dict[str, Any]], results: Any) -> dict[str, Any]:
    """Return a markdown table of expectation, rows looked at, rows that broke it."""
    described = {
        (e["type"], _about(e["kwargs"])): e.get("description") for e in expectations
    }
    lines = ["| expectation | held | rows | broke it |", "|---|---|---|---|"]
    broken = 0
    for result in results:
        config = result.expectation_config
        name = described.get((config.type, _about(config.kwargs)))
        count = result.result.get("unexpected_count", 0) or 0
        broken += 0 if result.success else 1
        lines.append(
            f"| {name or config.type} | {'yes' if result.success else 'NO'} "
            f"| {result.result.get('element_count', '')} | {count} |"
        )
    return {
        "expectations": dg.MetadataValue.md("\n".join(lines)),
        "expectations_broken": broken,
    }


def _about(arguments: dict[str, Any]) -> str:
    """Return the columns an expectation speaks of, as one text."""
    named = [arguments.get(key) for key in ("column", "column_A", "column_B")]
    told = (arguments.get(key) for key in ("column_list", "regex"))
    return json.dumps([*named, *told])


def _selected(columns: list[str]) -> str:
    """Return the list of columns to read, computed ones in place of their names."""
    listed = [COMPUTED.get(name, f'"{name}"') for name in columns]
    return ", ".join(listed) or "1 as one"


def build_checks(step: str, suites: list[Suite]) -> dg.AssetChecksDefinition:
    """Return one check step for several tables of a layer.

    Great Expectations costs seconds to import, and a step of its own for each table
    would cost more than the checks.
    """
    own = {suite.table: suite for suite in suites}

    @dg.multi_asset_check(
        name=f"{step}_expectations",
        specs=check_specs(list(own.values())),
        can_subset=True,
        pool="duckdb_writer",
    )
    def expectations(
        context: dg.AssetCheckExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.AssetCheckResult]:
        with loading():
            import great_expectations as gx

        gx_context = gx.get_context(mode="ephemeral")
        gx_context.variables.progress_bars = {"globally": False}
        wanted = context.selected_asset_check_keys
        tables = sorted({key.asset_key.path[-1] for key in wanted})
        for result in run_suites(gx_context, [own[t] for t in tables], warehouse):
            if dg.AssetCheckKey(result.asset_key, result.check_name) in wanted:
                yield result

    return expectations


@dg.definitions
def checks() -> dg.Definitions:
    """Register the checks of every suite that lies in ``expectations/``.

    One step per schema, and one for the tables written from others of their schema.
    """
    steps: dict[str, list[Suite]] = {}
    for suite in read_suites():
        step = STEPS.get(suite.table, suite.schema)
        steps.setdefault(step, []).append(suite)
    return dg.Definitions(
        asset_checks=[build_checks(step, suites) for step, suites in steps.items()]
    )
