"""Name the deliveries whose rows broke a promise.

Belongs here: from a failed expectation to delivery ids and what to do about them. Does
not belong here: running a suite (``defs.checks``).
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import duckdb

NAMED = 5
"""Deliveries named in a message; more would hide the sentence around them."""
HINT = (
    "Mend the file and call 'throughline replay DELIVERY --file FILE', or take the "
    "delivery back with 'throughline withdraw DELIVERY --reason TEXT'; then run again."
)


def deliveries_behind(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    batch: Any,
    expectations: Sequence[dict[str, Any]],
    results: Sequence[Any],
) -> str:
    """Return which deliveries the rows came with, and the way out; '' if nobody knows.

    Asked only when a promise is broken: it runs the broken expectations once more, to
    learn which rows they are.
    """
    from great_expectations.core import ExpectationSuite

    broken = {
        (r.expectation_config.type, str(r.expectation_config.kwargs.get("column")))
        for r in results
        if not r.success
    }
    again = [
        e for e in expectations if (e["type"], str(e["kwargs"].get("column"))) in broken
    ]
    found = batch.validate(
        ExpectationSuite(name=table, expectations=again), result_format="COMPLETE"
    )
    at = {
        index
        for result in found.results
        for index in result.result.get("unexpected_index_list") or ()
        if isinstance(index, int)
    }
    if not at:
        return ""
    ids = connection.sql(f"select _delivery_id from raw.{table}").fetchnumpy()
    counts = Counter(str(ids["_delivery_id"][index]) for index in at)
    named = [f"{name} ({rows:,} rows)" for name, rows in counts.most_common(NAMED)]
    if len(counts) > NAMED:
        named.append(f"{len(counts) - NAMED} more")
    return f"The rows came with {', '.join(named)}. {HINT}"
