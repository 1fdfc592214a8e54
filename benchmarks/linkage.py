"""Accuracy of our engine and of Splink 5 on the same sets, in alternation.

Belongs here: running both on a set and judging the clusters by the truth. Does not
belong here: the set-ups (``engines``, ``splink_setup``), the sets (``sets``).

Ours is shown at its fixed default .95, and at .5 to inform. Splink is shown at .95 and
at the threshold that suits this set's truth best, which nobody has who links.
"""

import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks import sets
from benchmarks.measured import Cost, measured
from dagster_project.linkage.evaluate import Evaluation, evaluate

THRESHOLDS = (
    0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999,
)  # fmt: skip
"""Where Splink's clusters are judged."""

HEADING = (
    f"{'set':36} {'records':>9}  {'engine':18} {'pairs F1':>8} {'prec.':>6} "
    f"{'recall':>6}  {'B³ F1':>6} {'prec.':>6} {'recall':>6} {'wall s':>7} {'CPU s':>7}"
)


def accuracy(names: Iterable[str]) -> None:
    """Print the table for each set."""
    print(HEADING)
    for name in names:
        print(f"linking {name} with both engines …", file=sys.stderr, flush=True)
        for row in judge_set(name):
            print(row, flush=True)


def judge_set(name: str) -> list[str]:
    """Link one set with both engines and return the rows of the table."""
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as folder:
        records, found = (
            Path(folder) / "records.parquet",
            Path(folder) / "found.parquet",
        )
        table = sets.load(name)
        pq.write_table(table, records)
        cost = measured("benchmarks.engines", "ours", records, found)
        ours = judged(pq.read_table(found), table)
        rows = [
            _row(name, len(table), "ours at .95", ours["0.95"], cost),
            _row("", None, "ours at .5", ours["0.5"], None),
        ]
        cost = measured("benchmarks.engines", "splink", records, found, *THRESHOLDS)
        splinks = judged(pq.read_table(found), table)
        best = max(splinks, key=lambda threshold: splinks[threshold].pairwise.f1)
        return [
            *rows,
            _row("", None, "Splink at .95", splinks["0.95"], cost),
            _row("", None, f"Splink best {best[1:]}", splinks[best], None),
        ]


def judged(found: pa.Table, records: pa.Table) -> dict[str, Evaluation]:
    """Return how well each column of clusters matches the truth."""
    truth = records.select(["record_id", "true_person"]).filter(
        pc.field("true_person").is_valid()
    )
    both = truth.join(found, "record_id")
    return {
        name: evaluate(both[name].to_numpy(), both["true_person"].to_numpy())
        for name in found.column_names
        if name != "record_id"
    }


def _row(
    name: str, size: int | None, engine: str, result: Evaluation, cost: Cost | None
) -> str:
    pairs, cubed = result.pairwise, result.b_cubed
    count = f"{size:,}" if size else ""
    spent = f"{cost.wall:7.2f} {cost.cpu:7.2f}" if cost else ""
    return (
        f"{name:36} {count:>9}  {engine:18} {pairs.f1:8.4f} {pairs.precision:6.3f} "
        f"{pairs.recall:6.3f}  {cubed.f1:6.4f} {cubed.precision:6.3f} "
        f"{cubed.recall:6.3f} {spent}"
    )
