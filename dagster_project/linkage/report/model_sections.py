"""The last part of the page: examples and the model card.

Belongs here: words and pictures of single pairs, the model, the configuration. Does not
belong here: choosing the pairs (``examples``), drawing (``curves``).
"""

from dataclasses import fields

import numpy as np

from dagster_project.linkage.blocking import pairs_per_record
from dagster_project.linkage.contributions import level_words
from dagster_project.linkage.fields import FIELDS
from dagster_project.linkage.model import Model
from dagster_project.linkage.quality import Estimate
from dagster_project.linkage.report.curves import Spot, dots, waterfall
from dagster_project.linkage.report.examples import Example, examples
from dagster_project.linkage.report.parts import (
    count,
    figure,
    folded,
    paragraph,
    section,
    table,
)
from dagster_project.linkage.report.run import Run

LEAST_PROBABILITY = 1e-6
"""Lower end of the scale of m and u: one in a million is as good as never here."""

LEAST_DIFFERENCE = 1e-6
"""Nats by which a weight is another than its level's own m and u give."""


COMPUTED_ANEW = (
    " The scores are computed anew for this page and may differ from the run’s by some "
    "tenths of a bit."
)


def shown_pairs(run: Run) -> str:
    """Return the section with example pairs."""
    found = examples(run.result, run.model, run.evidence, run.records, run.config)
    if not found:
        return section(
            "examples", "Pairs taken apart", paragraph("No pair was worth comparing.")
        )
    return section(
        "examples",
        "Pairs taken apart",
        paragraph(
            "Each bar adds to, or takes from, the evidence that record A and record B "
            "are one person, in bits; “rare” and “common” mean that the agreeing value "
            "is. No value is shown." + ("" if run.result.background else COMPUTED_ANEW)
        ),
        '<div class="pair">' + "".join(_example(run, one) for one in found) + "</div>",
    )


def _example(run: Run, example: Example) -> str:
    told = example.explained
    rows = [("before looking", f"{told.prior:+.2f}", "")]
    rows += [(p.level, f"{p.bits:+.2f}", f"{p.rarity_bits:+.2f}") for p in told.fields]
    rows.append(("may be two of one home", f"{told.household:+.2f}", ""))
    rows.append(("match weight", f"{told.match_weight:+.2f}", ""))
    return figure(
        example.title,
        waterfall(told, f"Record A and record B. {example.title}"),
        "Bits of one pair by itself; whether records become one person rests on all "
        "records of both.",
        run.basis(1, "pair"),
        table(("comparison", "bits", "of the value’s rarity"), rows, example.title),
    )


def model_card(run: Run) -> str:
    """Return the model's facts, its m and u, the configuration, the seconds."""
    row = run.result.models.to_pylist()[0]
    model = run.model
    config, linkable = run.config, row["n_records"]
    budget = config.pairs_per_record or pairs_per_record(linkable)
    facts = [
        *([("model", run.model_name)] if run.model_name else []),
        ("model id", row["model_id"]),
        ("page made", f"{run.made_at:%Y-%m-%d}"),
        ("records it was fitted on", count(row["n_records"])),
        ("candidate pairs", count(row["n_pairs"])),
        ("steps of the fit", count(model.steps)),
        (
            "pairs of probability .05 to .5 found, for each that the model foresees",
            f"{np.exp(model.surplus):.2g}",
        ),
        (
            "log odds of joins stated lower for that by",
            f"{model.stated.excess:.2g} nats",
        ),
        ("budget, pairs per record and rule", f"{budget:g}"),
        ("linked from", f"{config.threshold:g}"),
        ("in review from", f"{config.loose:g}"),
        ("strict partition from", f"{config.strict:g}"),
    ]
    settings = [
        (f.name.replace("_", " "), _setting(getattr(config, f.name)))
        for f in fields(config)
        if f.name != "columns"
    ]
    seconds = [(stage, f"{spent:.2f}") for stage, spent in run.result.seconds.items()]
    seconds.append(("together", f"{sum(run.result.seconds.values()):.2f}"))
    return section(
        "model",
        "The model",
        table(("fact", "value"), facts, "Model card"),
        _levels(run, model),
        folded("Settings", table(("setting", "value"), settings, "Settings")),
        folded(
            "Seconds per stage", table(("stage", "seconds"), seconds, "Wall seconds")
        ),
    )


def _setting(value: object) -> str:
    return "by the number of records" if value is None else str(value)


def _levels(run: Run, model: Model) -> str:
    """Return m and u of every level; u is the mean over pairs of sources.

    A level that is not weighed by its own m and u (what two fields say together) has
    neither to show.
    """
    m, u = model.m, model.u.mean(0)
    weights = model.weights().match
    own = np.log(np.maximum(m, 1e-14)) - np.log(np.maximum(model.u, 1e-14))
    by_its_own = (np.abs(own - weights) < LEAST_DIFFERENCE).all(0)
    spots, rows = [], []
    for place, (name, levels) in enumerate(FIELDS):
        if name not in model.seen:
            continue
        for number, level in enumerate(levels, start=1):
            one, two = float(m[place, number]), float(u[place, number])
            words = level_words(name, level)
            if not by_its_own[place, number]:
                bits = weights[:, place, number].mean() / np.log(2.0)
                rows.append((words, "–", "–", f"{bits:+.1f}"))
                continue
            spots.append(Spot(words, one, Estimate(two, two, two)))
            bits = np.log2(max(one, 1e-14) / max(two, 1e-14))
            rows.append((words, f"{one:.2g}", f"{two:.2g}", f"{bits:+.1f}"))
    label = "m and u probability of levels of agreement, on a log scale: "
    half = (len(spots) + 1) // 2
    pictures = [
        dots(
            part,
            ("m: of one person", "u: by chance"),
            label
            + "; ".join(f"{s.label} {s.first:.2g}, {s.second.value:.2g}" for s in part),
            log_from=LEAST_PROBABILITY,
        )
        for part in (spots[:half], spots[half:])
    ]
    return figure(
        "How agreement is weighed",
        f'<div class="pair">{"".join(pictures)}</div>',
        "m is how often two records of one person stand at a level, u how often two "
        "records by chance do (mean over pairs of sources), of those that have the "
        "field "
        "on both sides. The further the disc lies right of the square, the more the "
        "level speaks for one person; where a level was hardly seen, both are near "
        "nothing. A line stands for a level that tells what two fields say together.",
        run.basis(run.result.models["n_pairs"][0].as_py(), "candidate pairs"),
        table(("level", "m", "u", "bits"), rows, "m, u and weight per level"),
    )
