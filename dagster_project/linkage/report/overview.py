"""The first part of the page: how many people, how sure, who is unlinkable, weights.

Belongs here: words and pictures of the whole run. Does not belong here: error rates and
groups (``quality_sections``), sources and model (``model_sections``).
"""

import numpy as np

from dagster_project.linkage.held import LACKING
from dagster_project.linkage.report.parts import (
    count,
    few,
    figure,
    interval,
    paragraph,
    percent,
    rest,
    section,
    table,
)
from dagster_project.linkage.report.pictures import Bar, bars, histogram
from dagster_project.linkage.report.run import Run
from dagster_project.linkage.report.svg import GREY

SIZES = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 9), (10, 19), (20, 49), (50, None))
"""Records per person, as shown."""

CONFIDENCES = (0.95, 0.98, 0.99, 0.999, 0.9999)
"""Lower ends of the confidences shown; the threshold comes first."""

BIN = 2.0
"""Bits per bar of the match-weight histogram."""


def overview(run: Run) -> str:
    """Return the first section: counts, sizes, confidence."""
    evidence = run.evidence
    linked = int((~np.isnan(evidence.confidence)).sum())
    linkable = int((evidence.cluster >= 0).sum())
    total = len(evidence.ids)
    questions = run.result.review_queue.num_rows
    rates = run.here
    facts = (
        ("records", count(total)),
        ("of them linkable", f"{count(linkable)} ({percent(_over(linkable, total))})"),
        ("people found", count(evidence.people)),
        ("records linked to another", count(linked)),
        ("open questions for a steward", count(questions)),
        ("false-match rate, estimated", interval(rest(rates.precision))),
        ("missed-match rate, estimated", interval(rest(rates.recall))),
    )
    cards = "".join(
        f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts
    )
    return section(
        "overview",
        "How many people, and how sure",
        f'<dl class="facts">{cards}</dl>',
        paragraph(
            "A person is the set of records that the run decided are one. Records are "
            "linked, never merged: each stays as its department wrote it. The two "
            "rates "
            "are expected shares of record pairs with 95 % intervals; section “How "
            "often "
            "is it wrong?” says what they cannot see."
        ),
        f'<div class="pair">{_sizes(run)}{_confidence(run)}</div>',
    )


def _over(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _sizes(run: Run) -> str:
    rows = []
    for low, high in SIZES:
        inside = run.evidence.sizes >= low
        if high:
            inside &= run.evidence.sizes <= high
        number = int(inside.sum())
        words = f"{low}" if high == low else f"{low} to {high}" if high else f"{low} +"
        shown = Bar(f"{words} record{'s' * (words != '1')}", number, few(number))
        rows.append(shown if number >= 11 else shown._replace(value=0))
    return figure(
        "Records per person",
        bars(rows, "People by number of records"),
        "How many records each person found has. Very many records of one person may "
        "be "
        "a very ill person, or several people taken for one.",
        run.basis(run.evidence.people, "people"),
        table(("records", "people"), [(r.label, r.shown) for r in rows], "People"),
    )


def _confidence(run: Run) -> str:
    sure = run.evidence.confidence[~np.isnan(run.evidence.confidence)]
    lower = sorted({run.config.threshold, *CONFIDENCES})
    lower = [edge for edge in lower if edge >= run.config.threshold]
    rows = []
    for low, high in zip(lower, [*lower[1:], None], strict=True):
        inside = int(((sure >= low) & (sure < (high or 2))).sum())
        words = f"{low:g} to {high:g}" if high else f"{low:g} and more"
        rows.append(
            Bar(words, inside, f"{count(inside)} ({percent(_over(inside, len(sure)))})")
        )
    return figure(
        "How sure each link is",
        bars(rows, "Linked records by link confidence"),
        "Link confidence is the pooled posterior of the weakest join that brought the "
        "record to its person.",
        run.basis(len(sure), "linked records"),
        table(("confidence", "records"), [(r.label, r.shown) for r in rows], "Links"),
    )


def unlinkable(run: Run) -> str:
    """Return the section on records that carry too little."""
    source = run.recorded.source
    out = run.evidence.cluster < 0
    why = run.recorded.held.lacking
    rows, drawn = [], []
    for number, label in [*enumerate(source.labels), (-1, "all sources")]:
        inside = source.codes == number if number >= 0 else np.ones(len(out), bool)
        total, lost = int(inside.sum()), int((out & inside).sum())
        split = [int((why[inside & out] == n).sum()) for n in range(len(LACKING))]
        shown = f"{percent(_over(lost, total))} of {count(total)}"
        if number >= 0:
            drawn.append(Bar(label, _over(lost, total) if total else 0.0, shown))
        rows.append((label, shown, *(few(part) for part in split)))
    return section(
        "unlinkable",
        "Which records cannot be linked",
        figure(
            "Unlinkable share by source",
            bars(drawn, "Unlinkable share by source", GREY, most=1.0),
            "The width of the picture is all records of a source. A record is "
            "unlinkable when it was linked to no other and, after placeholders and "
            "impossible values are taken out, has neither a full SSN, nor a usable "
            "name with a birth date, SSN’s last four, telephone or e-mail, nor both "
            "names with a place. It gets no person; each figure drawn from people "
            "leaves it out.",
            run.basis(len(out), "records"),
            table(
                ("source", "unlinkable", *LACKING), rows, "Why records are unlinkable"
            ),
        ),
    )


def weights(run: Run) -> str:
    """Return the section with the histogram of match weights."""
    config = run.config
    marks = [
        (run.model.stated.join_log_odds(p) / float(np.log(2.0)), f"{name} {p:g}")
        for name, p in (
            ("review from", config.loose),
            ("linked from", config.threshold),
        )
    ]
    if run.histogram is not None:
        edges, counts = list(run.histogram[0]), list(run.histogram[1])
        which = "all candidate pairs"
    else:
        found = run.result.candidate_pairs["match_weight"].to_numpy()
        # Beyond 80 bits nothing is told apart, and the axis would be all tail.
        found = np.clip(found, -80.0, 80.0)
        low = BIN * np.floor(min(found.min(initial=0.0), 0.0) / BIN)
        high = BIN * (np.floor(max(found.max(initial=0.0), 8.0) / BIN) + 1)
        counted, cuts = np.histogram(found, np.arange(low, high + BIN / 2, BIN))
        edges, counts = cuts.tolist(), counted.tolist()
        which = f"candidate pairs of probability {config.candidate_floor:g} and more"
    total = int(sum(counts))
    rows = [
        (f"{low:.0f} to {high:.0f}", count(size))
        for low, high, size in zip(edges, edges[1:], counts, strict=False)
        if size
    ]
    label = (
        f"Match weights of {count(total)} {which}, on a log scale; review from "
        f"{marks[0][0]:.1f} bits, linked from {marks[1][0]:.1f} bits"
    )
    return section(
        "weights",
        "Match weights",
        figure(
            "Candidate pairs by match weight",
            histogram(edges, counts, marks, label, "match weight, bits")
            if rows
            else "",
            "The match weight is the model’s evidence that two records are one person, "
            f"in bits. Shown are {which}, counted on a log scale. Two hills with a "
            "valley at the thresholds are a clear question; a filled valley is a hard "
            "one. A person is made on all records’ evidence, not on one pair’s weight. "
            "Nor is it turned into a probability: the one that is stated of a pair is "
            "how many of its weight are one person, as the people found tell.",
            run.basis(total, "pairs"),
            table(("bits", "pairs"), rows, "Pairs by match weight"),
        ),
    )
