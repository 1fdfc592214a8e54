"""Set-up leaves nothing to compile for the commands that link."""

import json
import subprocess
import sys
from pathlib import Path

from dagster_project.linkage import warm
from dagster_project.linkage.agglomerate import merge_components
from dagster_project.places import REPOSITORY


def test_after_compiling_nothing_is_left_to_compile(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.linkage.warm_process", str(tmp_path)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-4000:]
    told = json.loads(ran.stdout)
    assert {"block", "compare and score", "fit", "score", "cluster"} <= set(
        told["stages"]
    )
    assert told["forms"] > 20
    assert len(told["compiled"]) == 6
    for done, kernels in told["compiled"].items():
        assert kernels == [], done
    assert told["doubted"] is False
    assert (Path(merge_components.stats.cache_path) / warm.STAMP).is_file()
