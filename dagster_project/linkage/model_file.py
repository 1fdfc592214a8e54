"""``model.json``: a trained model as text, and back.

Belongs here: the format, and refusal of what is no model. Does not belong here: what a
model knows (``trained``), opening a file.

The text is the same for the same model, byte for byte, and reading and writing it again
changes nothing. It holds no SSN, telephone, e-mail or street, and of names, dates and
places only what five people and more have in common.
"""

import hashlib
import json

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.fields import (
    FIELD_COUNT,
    FIELD_NAMES,
    FIELDS,
    LEVEL_SLOTS,
    TERM_COLUMNS,
)
from dagster_project.linkage.model import Model
from dagster_project.linkage.stated import KNOTS, Stated
from dagster_project.linkage.trained import Counts, TrainedModel

FORMAT = "throughline-model"
VERSION = 8

STYLE = {"separators": (",", ":"), "ensure_ascii": False, "allow_nan": False}

SCALARS = ("twins", "namesakes", "name_dependence", "surplus")
"""Single numbers of a ``Model``, under their own names."""

DIGITS = 12
"""Significant digits of a number: the last ones may differ between processors."""


class UnreadableModel(ValueError):
    """The text is no model of this version; the message says what it is instead."""


def model_text(trained: TrainedModel) -> str:
    """Return the model as JSON, one top-level entry per line."""
    model = trained.model
    labels, count = trained.sources, len(trained.sources)
    pairs = [(labels[a], labels[b]) for a in range(count) for b in range(a, count)]
    entries = {
        "format": FORMAT,
        "version": VERSION,
        "training": {
            "records": trained.records,
            "candidate_pairs": trained.candidates,
            "steps": model.steps,
            "seed": trained.seed,
        },
        "fields": {field.name: list(field.levels) for field in FIELDS},
        "extra": list(trained.extras),
        "seen": list(model.seen),
        "m": _by_field(model.m),
        "household": _by_field(model.household),
        "stated_pairs": [_short(odds) for odds in model.stated_pairs],
        **{name: _short(getattr(model, name)) for name in SCALARS},
        "sources": list(labels),
        "strata": [
            {
                "sources": list(both),
                "pairs": _short(trained.pairs[row]),
                "prior": {
                    "match": _short(model.prior[row, 1]),
                    "household": _short(model.prior[row, 2]),
                },
                "u": _by_field(model.u[row]),
                "agreement": dict(
                    zip(TERM_COLUMNS, _numbers(model.agreement[row]), strict=True)
                ),
            }
            for row, both in enumerate(pairs)
        ],
        "values": {
            column: {
                "total": _numbers(counts.total),
                "people": _short(counts.people),
                "discount": _short(counts.discount),
                "held": {
                    value: _numbers(counts.held[value]) for value in sorted(counts.held)
                },
            }
            for column, counts in trained.counts.items()
        },
    }
    lines = [
        f"{json.dumps(name)}:{json.dumps(entry, **STYLE)}"
        for name, entry in entries.items()
    ]
    return "{" + ",\n".join(lines) + "}\n"


def stated_in(text: str) -> Stated:
    """Return how the model of a text states probabilities; the text is not checked."""
    entries = json.loads(text)
    return Stated(entries["surplus"], tuple(entries["stated_pairs"]))


def model_id(text: str) -> str:
    """Return the name of a model: the hash of its text."""
    return "m_" + hashlib.sha256(text.encode()).hexdigest()[:16]


def read_model(text: str, name: str | None = None) -> TrainedModel:
    """Return the model that ``model_text`` wrote.

    Args:
        text: of ``model.json``.
        name: its ``model_id``, where that is known from elsewhere; else it is seen from
            writing the model again, which takes longer, that nobody changed the text.

    Raises:
        UnreadableModel: not JSON, not a model, of another version, or damaged.
    """
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise UnreadableModel("is not JSON, so it is no model") from error
    if not isinstance(entries, dict) or entries.get("format") != FORMAT:
        raise UnreadableModel("is JSON, but no model that 'throughline link' wrote")
    if entries.get("version") != VERSION:
        raise UnreadableModel(
            f"is a model of format version {entries.get('version')!r}; this "
            f"installation reads version {VERSION}: link again to train a new one"
        )
    if entries.get("fields") != {field.name: list(field.levels) for field in FIELDS}:
        raise UnreadableModel(
            "is a model whose fields or levels are not those of this installation: "
            "link again to train a new one"
        )
    try:
        trained = _trained(entries)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise UnreadableModel(
            f"is a damaged model ({type(error).__name__}: {error})"
        ) from error
    if (model_id(text) != name) if name else (model_text(trained) != text):
        raise UnreadableModel("is a model that was changed by hand or damaged")
    return trained


def _trained(entries: dict) -> TrainedModel:
    sources, strata = tuple(entries["sources"]), entries["strata"]
    size = len(sources)
    if len(strata) != size * (size + 1) // 2 or size == 0:
        raise ValueError(f"{len(strata)} strata for {size} sources")
    prior = [[1.0, row["prior"]["match"], row["prior"]["household"]] for row in strata]
    model = Model(
        _table(entries["m"]),
        _table(entries["household"]),
        np.stack([_table(row["u"]) for row in strata]),
        np.array(prior, np.float64),
        np.array([[row["agreement"][c] for c in TERM_COLUMNS] for row in strata]),
        **{name: float(entries[name]) for name in SCALARS},
        steps=entries["training"]["steps"],
        stated_pairs=_knots(entries["stated_pairs"]),
        seen=_seen(entries["seen"]),
    )
    counts = {
        column: Counts(
            _weights(entries["values"][column]["total"], size),
            float(entries["values"][column]["people"]),
            float(entries["values"][column]["discount"]),
            _held(entries["values"][column]["held"], size),
        )
        for column in TERM_COLUMNS
    }
    training = entries["training"]
    return TrainedModel(
        model,
        sources,
        np.array([row["pairs"] for row in strata], np.float64),
        counts,
        training["records"],
        training["candidate_pairs"],
        training["seed"],
        tuple(entries["extra"]),
    )


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")


def _numbers(row: NDArray[np.float64]) -> list[float]:
    return [_short(number) for number in row.tolist()]


def _by_field(table: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return [field, level] as field -> its levels from 1 upwards."""
    return {
        field.name: _numbers(table[place, 1 : 1 + len(field.levels)])
        for place, field in enumerate(FIELDS)
    }


def _table(by_field: dict[str, list[float]]) -> NDArray[np.float64]:
    table = np.zeros((FIELD_COUNT, LEVEL_SLOTS))
    table[:, 0] = 1.0
    for place, field in enumerate(FIELDS):
        row = np.array(by_field[field.name], np.float64)
        if row.shape != (len(field.levels),) or not ((row >= 0) & (row <= 1)).all():
            raise ValueError(f"{field.name} needs {len(field.levels)} probabilities")
        table[place, 1 : 1 + len(row)] = row
    return table


def _seen(names: list[str]) -> tuple[str, ...]:
    if names != [name for name in FIELD_NAMES if name in names]:
        raise ValueError(f"fields seen expected, of {', '.join(FIELD_NAMES)}")
    return tuple(names)


def _knots(odds: list[float]) -> tuple[float, ...]:
    if len(odds) not in (0, len(KNOTS)) or np.any(np.diff(odds) < 0):
        raise ValueError(f"{len(KNOTS)} rising log odds expected of pairs")
    return tuple(map(float, odds))


def _held(weights: dict[str, list[float]], sources: int) -> dict[str, NDArray]:
    rows = np.array(list(weights.values()), np.float64).reshape(-1, sources)
    if len(rows) != len(weights) or not (rows >= 0).all():
        raise ValueError(f"{sources} weights expected for a value, one per source")
    return dict(zip(weights, rows, strict=True))


def _weights(row: list[float], sources: int) -> NDArray[np.float64]:
    weights = np.array(row, np.float64)
    if weights.shape != (sources,) or not (weights >= 0).all():
        raise ValueError(f"{sources} weights expected, one per source")
    return weights
