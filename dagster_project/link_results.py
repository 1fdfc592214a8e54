"""What ``throughline link`` writes and prints.

Belongs here: its files, its summary, the names of its stages. Does not belong here: the
columns of the files (``people_result``), when a run is made (``link_command``).
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from dagster_project.progress import Stages

STAGES = {
    "standardise": "Read names, dates and numbers",
    "encode": "Encode",
    "block": "Bring records together",
    "compare a sample": "Compare a sample",
    "compare and score": "Compare and score",
    "frequencies": "Count how common values are",
    "fit": "Fit the model",
    "score": "Score again",
    "count pairs in doubt": "Count pairs in doubt",
    "cluster": "Join records into people",
    "tables": "Make tables",
}
"""The engine's stages as a user reads them."""

REPEATED = ("link_status", "reason")
"""Columns of few values. To look for repeated ones in the others costs a third of the
writing of edges, and makes their file no smaller."""


@contextmanager
def written(
    out: Path, tables: "dict[str, pa.Table]", model: str
) -> Iterator[tuple[Path, Callable[[], None]]]:
    """Write a run's files; they take their place when the block ends well.

    The block is worked through meanwhile: most of the writing is not Python's. It gets
    the folder, and what to call to wait until all is written.
    """
    from dagster_project.whole_folder import whole_folder

    with whole_folder(out) as folder, ThreadPoolExecutor(1) as pool:
        writing = pool.submit(_write, folder, tables, model)
        yield folder, writing.result
        writing.result()


def _write(folder: Path, tables: "dict[str, pa.Table]", model: str) -> None:
    import pyarrow.parquet as pq

    for name, table in tables.items():
        again = [c for c in REPEATED if c in table.column_names]
        pq.write_table(table, folder / f"{name}.parquet", use_dictionary=again)
    (folder / "model.json").write_text(model, encoding="utf-8")


def print_summary(counts: dict[str, int], out: Path, began: float) -> None:
    """Print the figures of a run, its seconds and where its results are."""
    for name, count in counts.items():
        print(f"{name:<26}{count:>14,}")
    print(f"{'seconds':<26}{time.perf_counter() - began:>14.1f}")
    print(f"Results in {out}")


def told(stages: "Stages") -> dict:
    """Return the engine's callbacks that show each stage as one line."""
    seen: dict[str, int] = {}

    def name(stage: str) -> str:
        words = STAGES.get(stage, stage.capitalize())
        return words + (" again" if seen[stage] > 1 else "")

    def begins(stage: str) -> None:
        seen[stage] = seen.get(stage, 0) + 1
        stages.start(name(stage))

    def ended(stage: str, _seconds: float) -> None:
        stages.done(name(stage))

    return {"begins": begins, "progress": ended}
