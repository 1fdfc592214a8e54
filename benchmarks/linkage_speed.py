"""Seconds and memory of our engine and of Splink 5 on files of growing size.

Belongs here: running both in alternation on one file, the rate of the comparison
kernel, the memory of the worst keys, an incremental run. Does not belong here: accuracy
on many sets (``linkage``); each row repeats the F1 only to show what the time bought.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage import judged
from benchmarks.made_up_people import made_up_people
from benchmarks.measured import Cost, measured
from dagster_project.linkage.evaluate import evaluate
from dagster_project.places import REPOSITORY

THRESHOLD = 0.95
PROFILE = "full"

KERNEL_RECORDS = 100_000
KERNEL_LIMIT = 400
"""Nanoseconds of CPU per pair over all fields that the design allows."""

WORST_RECORDS = 1_000_000
WORST_MEBIBYTES = 2048
"""Most memory a million records may take, whatever their keys look like."""

HEADING = (
    f"{'records':>9}  {'engine':8} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} "
    f"{'pairs F1':>9}   {'CPU of Splink / ours':>20}"
)


def speed(sizes: Iterable[int], rounds: int, splink_to: int) -> None:
    """Print a row per engine, size and round; Splink up to ``splink_to`` records."""
    print(HEADING)
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        records, found = Path(name) / "records.parquet", Path(name) / "found.parquet"
        for size in sizes:
            table = made_up_people(size, PROFILE)
            pq.write_table(table, records)
            for _ in range(rounds):
                ours = _measure("ours", records, found, table)
                if size <= splink_to:
                    _measure("splink", records, found, table, ours)


def _measure(
    engine: str, records: Path, found: Path, table: pa.Table, ours: Cost | None = None
) -> Cost:
    print(f"{len(table):,} records with {engine} …", file=sys.stderr, flush=True)
    cost = measured("benchmarks.engines", engine, records, found, THRESHOLD)
    f1 = judged(pq.read_table(found), table)[str(THRESHOLD)].pairwise.f1
    ratio = f"{cost.cpu / ours.cpu:.1f}" if ours else ""
    print(
        f"{len(table):>9,}  {engine:8} {cost.wall:8.2f} {cost.cpu:8.2f} "
        f"{cost.mebibytes:9,.0f} {f1:9.4f}   {ratio:>20}",
        flush=True,
    )
    return cost


def kernel() -> None:
    """Print the CPU time of one comparison beside its limit, from a fresh process."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kernel", str(KERNEL_RECORDS)],
        cwd=REPOSITORY,
        check=True,
        capture_output=True,
        text=True,
    )
    pairs, seconds = done.stdout.split()
    each = float(seconds) / int(pairs) * 1e9
    print(
        f"comparison kernel: {int(pairs):,} candidate pairs of {KERNEL_RECORDS:,} "
        f"records, {int(pairs) / float(seconds):,.0f} pairs per CPU second, {each:.0f} "
        f"ns each (limit {KERNEL_LIMIT})"
    )


def worst_keys(size: int = WORST_RECORDS) -> None:
    """Print the peak of a file in which everybody was born on one day."""
    table = made_up_people(size, PROFILE)
    column = table.column_names.index("dob")
    same = pa.array(["1980-05-05"] * size)
    table = table.set_column(column, "dob", same)
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        records, found = Path(name) / "records.parquet", Path(name) / "found.parquet"
        pq.write_table(table, records)
        cost = measured("benchmarks.engines", "ours", records, found)
    print(
        f"{size:,} equal dates of birth: {cost.mebibytes:,.0f} MiB at the peak (limit "
        f"{WORST_MEBIBYTES:,}), {cost.wall:.1f} s wall, {cost.cpu:.1f} s CPU"
    )


def into_state(records: Path, state: Path, found: Path) -> Cost:
    """Link a file with ``--state``; write ``record_id`` and ``0.95`` of all so far."""
    out = found.with_suffix("")
    cost = measured(
        "dagster_project.cli", "link", records, "--out", out, "--state", state
    )
    links = pq.read_table(out / "client_links.parquet")
    links = links.select(["record_id", "person_id"])
    pq.write_table(links.rename_columns(["record_id", "0.95"]), found)
    return cost


def incremental(before: int = 1_000_000, new: int = 1000) -> None:
    """Print what linking ``new`` records into ``before`` costs, and how it differs.

    Args:
        before: records linked beforehand into an empty state.
        new: records then linked into that state; the last ones of the same file.
    """
    table = made_up_people(before + new, PROFILE)
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        folder = Path(name)
        old, fresh, whole = (
            folder / f"{part}.parquet" for part in ("old", "new", "all")
        )
        pq.write_table(table[:before], old)
        pq.write_table(table[before:], fresh)
        pq.write_table(table, whole)
        into_state(old, folder / "state", folder / "found.parquet")
        cost = into_state(fresh, folder / "state", folder / "found.parquet")
        full = measured("benchmarks.engines", "ours", whole, folder / "full.parquet")
        tables = [
            pq.read_table(folder / f"{part}.parquet") for part in ("found", "full")
        ]
    stepwise, at_once = (
        judged(found.select(["record_id", "0.95"]), table)["0.95"].pairwise.f1
        for found in tables
    )
    both = tables[0].join(tables[1], "record_id", right_suffix=" full")
    alike = evaluate(both["0.95"].to_numpy(), both["0.95 full"].to_numpy())
    print(
        f"{new:,} records into {before:,}: {cost.wall:.2f} s wall, {cost.cpu:.2f} s "
        f"CPU, {cost.mebibytes:,.0f} MiB; F1 {stepwise:.4f}, at once {at_once:.4f} in "
        f"{full.wall:.1f} s; the two partitions agree to F1 {alike.pairwise.f1:.4f}"
    )
