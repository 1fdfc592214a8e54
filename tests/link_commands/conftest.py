"""A town linked once for each module that reads the result."""

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from tests.link_commands.said import say
from tests.linkage.invented_town import invented_records


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    folder = tmp_path_factory.mktemp("town")
    table, truth = invented_records(250, seed=41)
    table = table.rename_columns(
        ["record_id", "source", *table.column_names[2:]]
    ).append_column("Gender", table["sex"])
    pq.write_table(table, folder / "records.parquet")
    pacsv.write_csv(table, folder / "records.csv")
    true = {"record_id": list(truth), "who": list(truth.values())}
    pq.write_table(pa.table(true), folder / "truth.parquet")
    said = say("link", folder / "records.parquet", "--out", folder / "out")
    return folder, said
