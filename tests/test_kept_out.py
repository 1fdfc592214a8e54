"""What a quick command does not import, and that nothing is missed for it."""

import subprocess
import sys

QUICK = """
import sys
from dagster_project.kept_out import keep_docs_out_of_arrow, keep_pandas_out_of_arrow
from dagster_project.kept_out import keep_spare_out_of_numba
keep_pandas_out_of_arrow()
keep_docs_out_of_arrow()
keep_spare_out_of_numba()
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.vendored.docscrape import NumpyDocString
assert NumpyDocString("Sum.\\n\\nParameters\\n----------\\nn : int")["Parameters"]
assert pc.sum(pa.array([1, None]), skip_nulls=False, min_count=0).as_py() is None
assert pc.split_pattern(["a b"], pattern=" ").to_pylist() == [["a", "b"]]
assert pc.sum.__doc__
from dagster_project.linkage.components import component_labels
table = pa.table({"name": ["Ngozi", None], "born": [1950, None]})
assert component_labels(3, [0], [2]).tolist() == [0, 1, 0]
assert not {"pandas", "scipy", "cffi", "yaml"} & set(sys.modules)
frame = table.to_pandas()
assert frame["name"].tolist() == ["Ngozi", None] and np.isnan(frame["born"][1])
assert pa.Table.from_pandas(frame)["name"].equals(table["name"])
from scipy.special import expit
assert expit(0.0) == 0.5
import cffi, yaml
assert cffi.FFI().sizeof("int") == 4 and yaml.safe_load("a: 1") == {"a": 1}
"""

LINK = """
import sys
from dagster_project.cli import app
try:
    app(["link", *sys.argv[1:]])
except SystemExit as ended:
    assert not ended.code
print("imported", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def output(code: str, *arguments: object) -> str:
    words = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_what_was_kept_out_is_there_when_it_is_asked_for():
    output(QUICK)


def test_linking_a_file_imports_no_library_that_it_has_no_use_for(tmp_path):
    records = tmp_path / "records.csv"
    records.write_text("record_id,last_name,dob\n1,Ōta,1980-04-09\n2,Ōta,1980-04-09\n")
    for words in ([], ["--state", tmp_path / "state"]):
        said = output(LINK, records, "--out", tmp_path / "out", *words)
        imported = said.splitlines()[-1].split()
        assert "numba" in imported
        heavy = {"altair", "cffi", "dagster", "duckdb", "pandas", "rich", "scipy"}
        assert heavy.isdisjoint(imported) and "vl_convert" not in imported


BLAS = """
import os, sys
import dagster_project.link_command
from dagster_project.kept_out import begin_light
assert "numpy" not in sys.modules, "its threads begin when it is imported"
begin_light()
assert "numpy" in sys.modules
print(os.environ["OPENBLAS_NUM_THREADS"])
"""


def test_numpy_begins_no_threads_that_nobody_asked_for(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert output(BLAS).split() == ["1"]
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    assert output(BLAS).split() == ["2"]
