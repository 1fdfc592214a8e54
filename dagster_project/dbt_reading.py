"""dbt's reading of its project, the same for every warehouse of one name.

Belongs here: when the project is read anew, and what is kept of the last reading. Does
not belong here: building anything of it (``defs/transform.py``).

dbt reads the whole project anew, five CPU seconds, when the path of the warehouse is
not that of the last time. Only the name of the file is in what it reads, as the
database of every table; so it is told no more than that.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from dagster_project.places import DBT_PROJECT

TARGET = DBT_PROJECT / "target"
"""Where set-up leaves its reading."""
KEPT = "partial_parse.msgpack"
"""dbt's own name of what it keeps of one."""


def flags() -> list[str]:
    """Return the flags that name the project and keep dbt off the terminal."""
    folder = str(DBT_PROJECT)
    quiet = ("--log-level", "none", "--log-level-file", "none")
    return ["--project-dir", folder, "--profiles-dir", folder, *quiet]


def read_project(warehouse: Path, *more: str) -> Any:
    """Return dbt's manifest of the project, for ``dbtRunner(manifest=...)``.

    Args:
        warehouse: The file that is going to be built; it is not opened.
        more: Further flags of ``dbt parse``.

    Raises:
        RuntimeError: dbt cannot read the project.
    """
    from dbt.cli.main import dbtRunner

    target = Path(os.environ.get("DBT_TARGET_PATH", TARGET))
    if (TARGET / KEPT).exists() and not (target / KEPT).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(TARGET / KEPT, target / KEPT)
    before = os.environ.get("WAREHOUSE_PATH")
    os.environ["WAREHOUSE_PATH"] = warehouse.name
    try:
        parsed = dbtRunner().invoke(["parse", *flags(), *more])
    finally:
        if before is None:
            del os.environ["WAREHOUSE_PATH"]
        else:
            os.environ["WAREHOUSE_PATH"] = before
    if not parsed.success:
        raise RuntimeError(f"dbt could not read its project: {parsed.exception}")
    return parsed.result
