"""The files of a full run: written for good, read without copying.

Belongs here: which file holds what of a ``BaseRun``. Does not belong here: which of
several runs is the present one (``state_files``).
"""

import json
import os
from pathlib import Path

import numpy as np

from dagster_project.linkage.base_run import BaseRun
from dagster_project.linkage.blocking import RULES
from dagster_project.linkage.encode import Dropped
from dagster_project.linkage.held_values import held_table, with_held, without_held
from dagster_project.linkage.laid_aside import (
    read_array,
    read_table,
    write_array,
    write_table,
)
from dagster_project.linkage.model_file import (
    UnreadableModel,
    model_id,
    model_text,
    read_model,
)

ARRAYS = (
    "rows",
    "founding",
    "log_frequency",
    "names",
    "largest_key",
    "left",
    "right",
    "log_odds",
    "component",
)

TABLES = ("records", "partition", "edges", "questions", "standard")
"""What a full run leaves, beside the keys of each blocking rule and its model. This is
kept as the text that users get, and once more so that it is read quickly."""


def write_base(folder: Path, base: BaseRun) -> None:
    """Write a full run into a folder, and keep all that is there for good.

    Files that lie there already (``base.laid_aside``) are left as they are.
    """
    arrays = {name: getattr(base, name) for name in ARRAYS}
    for number in range(len(RULES)):
        arrays[f"keys_{number}"] = base.keys[number]
        arrays[f"holders_{number}"] = base.holders[number]
    for name in set(TABLES) - base.laid_aside:
        write_table(folder / f"{name}.arrow", getattr(base, name))
    for name in set(arrays) - base.laid_aside:
        write_array(folder / f"{name}.npy", arrays[name])
    (folder / "model.json").write_text(base.model, encoding="utf-8")
    trained = read_model(base.model, base.model_id)  # its numbers as they are written
    write_table(folder / "held.arrow", held_table(trained))
    scoring = model_text(without_held(trained))
    (folder / "scoring.json").write_text(scoring, encoding="utf-8")
    facts = {
        **base.dropped._asdict(),
        "telling": base.telling,
        "model": base.model_id,
        "scoring": model_id(scoring),
    }
    (folder / "facts.json").write_text(json.dumps(facts))
    keep_all(folder)


def read_base(folder: Path) -> BaseRun:
    """Return a full run; its arrays are read from the disk as they are needed.

    Raises:
        UnreadableModel: the model is not the one that was written.
    """

    def array(name: str) -> np.ndarray:
        return read_array(folder / f"{name}.npy")

    facts = json.loads((folder / "facts.json").read_text())
    model, scoring = (
        (folder / f"{name}.json").read_text(encoding="utf-8")
        for name in ("model", "scoring")
    )
    if model_id(model) != facts["model"]:
        raise UnreadableModel("is a model that was changed by hand or damaged")
    trained = read_model(scoring, facts["scoring"])
    return BaseRun(
        keys=tuple(array(f"keys_{number}") for number in range(len(RULES))),
        holders=tuple(array(f"holders_{number}") for number in range(len(RULES))),
        trained=with_held(trained, read_table(folder / "held.arrow")),
        model=model,
        dropped=Dropped(*(tuple(facts[name]) for name in Dropped._fields)),
        telling=tuple(facts["telling"]),
        **{name: read_table(folder / f"{name}.arrow") for name in TABLES},
        **{name: array(name) for name in ARRAYS},
    )


def keep_all(folder: Path) -> None:
    """Have the disk hold a folder and its files for good."""
    for path in folder.iterdir():
        keep(path)
    keep(folder)


def keep(path: Path) -> None:
    """Have the disk hold a file or a folder for good, whatever fails after."""
    place = os.open(path, os.O_RDONLY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
