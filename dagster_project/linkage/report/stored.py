"""A run as it stands in the warehouse, for the page.

Belongs here: reading the schema ``linkage`` back into a ``LinkResult``. Does not belong
here: writing it (``store``), the page.
"""

import duckdb

from dagster_project.linkage.questions import REVIEW_QUEUE
from dagster_project.linkage.tables import (
    CANDIDATE_PAIRS,
    EDGES,
    MODELS,
    PARTITION,
    LinkResult,
)


def stored_result(connection: duckdb.DuckDBPyConnection) -> LinkResult:
    """Return the present state of the schema ``linkage`` as the result of a run.

    A cluster is called by its person. Seconds per stage are not kept in the warehouse.
    Where nobody was linked, as long as no department that knows clients has delivered,
    the model is the last one trained.
    """

    def read(sql: str, schema=None):
        rows = connection.execute(sql).to_arrow_table()
        return rows.select(schema.names).cast(schema) if schema else rows

    partition = read(
        "select client_record_id, person_id as cluster, "
        "person_id_loose as cluster_loose, person_id_strict as cluster_strict, "
        "link_confidence, link_status from linkage.client_links "
        "order by client_record_id",
        PARTITION,
    )
    models = read(
        "select * from linkage.models where model_id in "
        "(select model_id from linkage.client_links) "
        "or not exists (select 1 from linkage.client_links) "
        "order by trained_at desc limit 1",
        MODELS,
    )
    pairs = "order by client_record_id_l, client_record_id_r"
    return LinkResult(
        candidate_pairs=read(
            f"select * from linkage.candidate_pairs {pairs}", CANDIDATE_PAIRS
        ),
        edges=read(f"select * from linkage.edges {pairs}", EDGES),
        partition=partition,
        review_queue=read(f"select * from linkage.review_queue {pairs}", REVIEW_QUEUE),
        models=models,
        blocking_report=read("select * from linkage.blocking_report"),
        seconds={},
    )
