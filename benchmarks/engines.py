"""Link one file with one engine, in a process of its own so that its cost is its own.

Belongs here: reading, linking, writing clusters. Does not belong here: measuring
(``measured``), judging (``linkage``).

    python -m benchmarks.engines ours records.parquet clusters.parquet
    python -m benchmarks.engines splink records.parquet clusters.parquet 0.95
"""

import argparse
from collections.abc import Callable

import pyarrow as pa
import pyarrow.parquet as pq

ENGINES = ("ours", "splink")


def main() -> None:
    """Write record_id and one column of clusters per threshold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("records", help="Parquet file of records")
    parser.add_argument("clusters", help="Parquet file to write")
    parser.add_argument("thresholds", type=float, nargs="*", default=[0.95])
    given = parser.parse_args()
    make = _ours if given.engine == "ours" else _splinks
    pq.write_table(make(lambda: _read(given.records), given.thresholds), given.clusters)


def _read(path: str) -> pa.Table:
    records = pq.read_table(path)
    if "true_person" in records.column_names:
        records = records.drop_columns(["true_person"])
    return records


def _ours(read: Callable[[], pa.Table], thresholds: list[float]) -> pa.Table:
    """Return the partitions at the default thresholds; a lone record is its own."""
    from dagster_project.kept_out import begin_light

    begin_light()  # as ``throughline link`` begins
    import pyarrow.compute as pc

    from dagster_project.linkage.link import link

    found = link(read).partition
    ids = found["client_record_id"]
    return pa.table(
        {
            "record_id": ids,
            "0.95": pc.coalesce(found["cluster"], ids),
            "0.5": pc.coalesce(found["cluster_loose"], ids),
        }
    )


def _splinks(read: Callable[[], pa.Table], thresholds: list[float]) -> pa.Table:
    from benchmarks.splink_setup import linked

    table = None
    for threshold, found in linked(read(), thresholds).items():
        found = found.select(["record_id", "cluster_id"])
        found = found.rename_columns(["record_id", str(threshold)])
        table = table.join(found, "record_id") if table else found
    return table


if __name__ == "__main__":
    main()
