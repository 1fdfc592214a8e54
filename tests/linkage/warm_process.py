"""A process that fills the cache of kernels, then links: what does it compile again?

Belongs here: what ``test_warm`` asks of a process in which nothing else has called a
kernel. Does not belong here: what the answer must be.

Prints as JSON the stages that were timed, whether the cache was then in doubt, and for
each thing done the kernels it called in a form that filling the cache had not. The
folder of the cache tells nothing: other processes write to it too.
"""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
from numba.core.dispatcher import Dispatcher
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.linkage import state_run, warm
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.link import link
from dagster_project.linkage.passes import WORTH_FILTERING
from tests.linkage.invented_town import invented_records


def forms() -> set[tuple[str, str]]:
    """Return each kernel of the engine with each form in which it was called."""
    return {
        (f"{value.py_func.__module__}.{value.py_func.__name__}", str(signature))
        for name, module in list(sys.modules.items())
        if name.startswith("dagster_project.linkage") and module is not None
        for value in vars(module).values()
        if isinstance(value, Dispatcher)
        for signature in value.signatures
    }


def commands(folder: Path) -> list[list[object]]:
    """Return the commands that link, on towns written to the folder."""
    town = invented_records(150, seed=3)[0]
    pq.write_table(town, folder / "town.parquet")
    later = invented_records(150, seed=4)[0].slice(3, 6)
    pq.write_table(later, folder / "later.parquet")
    out, state = folder / "out", folder / "state"
    pair = town["client_record_id"].to_pylist()[:2]
    first = ["link", folder / "town.parquet", "--out", out]
    explain = ["explain", *pair, "--records", folder / "town.parquet"]
    return [
        first,
        [*first, "--state", state],
        ["link", folder / "later.parquet", "--out", out, "--state", state],
        [*explain, "--model", out / "model.json"],
    ]


def main(folder: Path) -> None:
    """Fill the cache, link and run the commands; print what was found."""
    seconds = warm.compile_kernels()
    filled = forms()
    town = invented_records(500, seed=3)[0]
    link(town)
    compiled = {"a call of link": sorted(forms() - filled)}
    some = LinkConfig(fit_pairs=1000)
    assert link(town, config=some).compared > WORTH_FILTERING * some.fit_pairs
    compiled["a call that filters"] = sorted(forms() - filled)
    state_run.SMALL = 1  # or else a full run is due
    for words in commands(folder):
        given = [str(word) for word in words]
        result = CliRunner().invoke(app, given)
        assert result.exit_code == 0, result.output
        compiled[" ".join(given)] = sorted(forms() - filled)
    told = {"stages": sorted(seconds), "forms": len(filled), "compiled": compiled}
    print(json.dumps(told | {"doubted": warm.discard_stale_kernels()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
