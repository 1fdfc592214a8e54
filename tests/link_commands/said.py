"""The commands that link, called in this process.

Belongs here: calling one and reading what it wrote. Does not belong here: tests.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from dagster_project.cli import app

WRITTEN = (
    "client_links.parquet",
    "edges.parquet",
    "model.json",
    "report.html",
    "review_queue.parquet",
)


def say(*words: object, code: int = 0) -> str:
    """Run a command; return its output, or its errors when it should fail."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.stderr if code else result.output


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the files by name; the report tells its date and the run's seconds."""
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix != ".html"}


def read(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder / f"{name}.parquet")
