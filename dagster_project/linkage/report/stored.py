"""A run as it stands in the warehouse, for the page.

Belongs here: reading the schema ``linkage`` back into a ``LinkResult``. Does not belong
here: writing it (``store``), the page.
"""

import duckdb
import pyarrow as pa

from dagster_project.linkage.blocking import REPORT
from dagster_project.linkage.questions import REVIEW_QUEUE
from dagster_project.linkage.tables import (
    CANDIDATE_PAIRS,
    EDGES,
    MODELS,
    PARTITION,
    LinkResult,
)

LINKS = {
    "client_record_id": "client_record_id",
    "person_id": "cluster",
    "person_id_loose": "cluster_loose",
    "person_id_strict": "cluster_strict",
    "link_confidence": "link_confidence",
    "link_status": "link_status",
}
"""Columns of ``client_links`` and what a run calls them."""
PAIRS = "order by client_record_id_l, client_record_id_r"
NEWEST = (
    "where model_id in (select model_id from linkage.client_links) "
    "or not exists (select 1 from linkage.client_links) "
    "order by trained_at desc limit 1"
)
FILTERED = "pairs_filtered"
"""Releases without this column compared all that they brought together."""


class OlderLinkageError(RuntimeError):
    """The schema ``linkage`` was written by a release that knew less."""


def stored_result(connection: duckdb.DuckDBPyConnection) -> LinkResult:
    """Return the present state of the schema ``linkage`` as the result of a run.

    A cluster is called by its person. Seconds per stage are not kept in the warehouse.
    Where nobody was linked, as long as no department that knows clients has delivered,
    the model is the last one trained.

    Raises:
        OlderLinkageError: A table lacks a column that cannot be made up for.
    """

    def read(table: str, columns: list[str], rest: str) -> pa.Table:
        rows = connection.execute(
            f"select * from linkage.{table} {rest}"
        ).to_arrow_table()
        if table == "blocking_report" and FILTERED not in rows.column_names:
            rows = rows.append_column(FILTERED, pa.array([0] * len(rows), pa.int64()))
        if lacking := sorted(set(columns) - {*rows.column_names}):
            raise OlderLinkageError(
                f"linkage.{table} was written by an earlier release and lacks "
                f"{', '.join(lacking)}; run 'throughline run', which links anew"
            )
        return rows.select(columns)

    links = read("client_links", [*LINKS], "order by client_record_id")
    pairs, edges, queue, models = (
        read(table, schema.names, rest).cast(schema)
        for table, schema, rest in (
            ("candidate_pairs", CANDIDATE_PAIRS, PAIRS),
            ("edges", EDGES, PAIRS),
            ("review_queue", REVIEW_QUEUE, PAIRS),
            ("models", MODELS, NEWEST),
        )
    )
    return LinkResult(
        candidate_pairs=pairs,
        edges=edges,
        partition=links.rename_columns([*LINKS.values()]).cast(PARTITION),
        review_queue=queue,
        models=models,
        blocking_report=read("blocking_report", [*REPORT.names, FILTERED], ""),
        seconds={},
    )
