"""The second part of the page: how often it is wrong, for whom, and between whom.

Belongs here: words and pictures of error rates, groups and sources. Does not belong
here: measuring them (``groups``, ``sources``, ``linkage.quality``).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.clerical import reviewed_curve
from dagster_project.linkage.quality import Point
from dagster_project.linkage.report.curves import Spot, dots, over_thresholds
from dagster_project.linkage.report.groups import Measures, in_several_sources, measures
from dagster_project.linkage.report.parts import (
    FEW,
    count,
    few,
    figure,
    interval,
    paragraph,
    percent,
    section,
    table,
)
from dagster_project.linkage.report.people import Grouping
from dagster_project.linkage.report.run import Run

BLIND = (
    "What these figures cannot see: pairs that no blocking rule brought together, "
    "values "
    "that are wrong in the same way on both records, and any error of the model about "
    "its own sureness. The intervals hold only the chance that is left when every "
    "stated "
    "probability is right. On an invented town with known truth the missed-match rate "
    "was near its estimate, but the false-match rate many times its own, as one wrong "
    "join of two people with dozens of records makes hundreds of wrong pairs. Only "
    "people who look at pairs can check it."
)


def errors(run: Run) -> str:
    """Return the section on false and missed matches."""
    joined, apart = run.evidence.joined, run.evidence.apart
    made = float(joined.pairs.sum())
    false = float((joined.pairs * (1 - joined.posterior)).sum())
    missed = float((apart.pairs * apart.posterior).sum())
    parts = [
        paragraph(
            f"Of {count(made)} record pairs linked, {false:,.1f} are expected to be "
            "two "
            f"people; of the pairs left apart, {missed:,.1f} are expected to be one."
        ),
        paragraph(BLIND),
        _curve(
            run,
            run.points,
            "From the model’s own probabilities",
            "Precision is the expected share of linked record pairs that are one "
            "person, "
            "recall the expected share of pairs of one person that are linked "
            "(Enamorado, "
            "Fifield and Imai 2019), if the threshold were there. Bands are 95 % "
            "intervals.",
            run.basis(int(made + apart.pairs.sum()), "record pairs compared"),
        ),
    ]
    if run.sample is None:
        parts.append(
            paragraph(
                "No clerical sample was given, so nobody has checked these estimates. "
                "A "
                "sample of pairs from every band of probability, looked at by people, "
                "turns them into measurements."
            )
        )
    else:
        parts.append(_clerical(run))
    return section("errors", "How often is it wrong?", *parts)


def _curve(run: Run, points: list[Point], title: str, definition: str, basis: str):
    rows = [
        (f"{p.threshold:g}", interval(p.precision), interval(p.recall)) for p in points
    ]
    said = "; ".join(f"at {a}: precision {b}, recall {c}" for a, b, c in rows)
    picture = over_thresholds(points, run.config.threshold, f"{title}. {said}")
    head = ("threshold", "precision", "recall")
    return figure(title, picture, definition, basis, table(head, rows, title))


def _clerical(run: Run) -> str:
    sample = run.sample
    floors = [f for f in sample.floors.tolist() if f >= run.config.loose]
    points = [p for p in reviewed_curve(sample) if p.threshold in floors]
    looked = int(sample.looked_at.sum())
    unknown, matches = run.never_compared
    rows = [
        (
            f"{floor:g} and more" if floor else "below the lowest",
            count(held),
            count(seen),
            percent(found / seen) if seen else "–",
            percent(stated) if held else "–",
        )
        for floor, held, seen, found, stated in zip(
            sample.floors.tolist(),
            sample.pairs.tolist(),
            sample.looked_at.tolist(),
            sample.matches.tolist(),
            sample.expected.tolist(),
            strict=True,
        )
    ]
    head = ("band", "pairs", "looked at", "found to be one", "stated")
    shown = _curve(
        run,
        points,
        "From pairs that people looked at",
        "Per band of probability the share found to be one person, weighed by how many "
        "pairs the run has in the band; shades are 95 % intervals (Jeffreys). A linked "
        "pair stands in the band of its link, one held apart in that of the two "
        "records by themselves, below the threshold. Bands nobody looked into "
        f"({int(sample.unseen.sum())}) have the model’s figure with the weight of one "
        "look: nobody can look into all pairs held apart that are no edge.",
        run.basis(looked, "pairs looked at"),
    )
    beside = (
        paragraph(
            f"{count(unknown)} of the sample’s pairs are neither linked nor edges in "
            f"this run; {count(matches)} of them were found to be one person. They are "
            "not in the figures above."
        )
        if unknown
        else ""
    )
    return shown + table(head, rows, "Stated and found, by probability") + beside


def groups(run: Run) -> str:
    """Return the section on quality by group."""
    told = [run.recorded.source, *run.recorded.groups]
    elsewhere = in_several_sources(run.evidence, run.recorded.source)
    missing = run.recorded.not_delivered
    note = (
        f"Not delivered, so not shown: {', '.join(missing)}. " if missing else ""
    ) + (
        "Race, ethnicity and gender are never compared (sex is one field of many, and "
        "no veto); they are read here only to see whether the linkage serves everyone "
        f"alike. Groups of {FEW} people are pooled."
    )
    return section(
        "groups",
        "Does it serve everyone alike?",
        paragraph(note),
        '<div class="pair">'
        + "".join(_group(run, grouping, elsewhere) for grouping in told)
        + "</div>",
    )


def _group(run: Run, grouping: Grouping, elsewhere: NDArray[np.bool_]) -> str:
    rows = measures(run.evidence, grouping, elsewhere)
    spots = [Spot(r.label, r.unlinkable, r.missed) for r in rows if r.shown]
    said = "; ".join(
        f"{s.label}: unlinkable {percent(s.first)}, missed {interval(s.second)}"
        for s in spots
    )
    names = ("unlinkable", "a record missed, estimated")
    picture = dots(spots, names, f"Quality by {grouping.name}. {said}") if spots else ""
    head = (
        grouping.name,
        "records",
        "people",
        "unlinkable",
        "linked to another source",
        "in review",
        "mean link confidence",
        "falsely linked, estimated",
        "a record missed, estimated",
    )
    return figure(
        f"By {grouping.name}",
        picture,
        "Shares of the group’s records: unlinkable; and, of linkable ones, those whose "
        "person is expected to have another record left apart, with 95 % interval.",
        run.basis(sum(r.records for r in rows), "records"),
        table(head, [_row(r) for r in rows], f"Quality by {grouping.name}"),
    )


def _row(row: Measures) -> tuple[str, ...]:
    if not row.shown:
        return (row.label, "–", few(row.people), *["–"] * 6)
    sure = "–" if np.isnan(row.confidence) else f"{row.confidence:.4f}"
    return (
        row.label,
        count(row.records),
        count(row.people),
        percent(row.unlinkable),
        percent(row.elsewhere),
        percent(row.asked),
        sure,
        interval(row.false),
        interval(row.missed),
    )
