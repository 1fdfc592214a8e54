"""The third part of the page: what each source brings, and where sources meet.

Belongs here: words and pictures of identifiers and overlap: "will we be able to link?".
Does not belong here: counting (``people``, ``sources``).
"""

import html
import math

import numpy as np

from dagster_project.linkage.held import IDENTIFIERS
from dagster_project.linkage.report.distinctiveness import distinctiveness
from dagster_project.linkage.report.parts import (
    count,
    few,
    figure,
    interval,
    percent,
    rest,
    section,
    table,
)
from dagster_project.linkage.report.pictures import sets, shaded
from dagster_project.linkage.report.run import Run
from dagster_project.linkage.report.sources import (
    OTHER_SETS,
    Pair,
    pairs_of_sources,
    source_sets,
)


def able_to_link(run: Run) -> str:
    """Return, per source, completeness and distinctiveness of each identifier."""
    source, held = run.recorded.source, run.recorded.held
    needed = math.log2(max(run.evidence.people, 1))
    shares, rows, carried = [], [], [0.0] * len(source.labels)
    for name in IDENTIFIERS:
        values = held.values[name]
        cells = [name]
        shares.append([])
        for number in range(len(source.labels)):
            present, distinct, bits = distinctiveness(values[source.codes == number])
            shares[-1].append(present)
            told = "" if math.isnan(bits) else f"; {distinct:.2f}; {bits:.1f}"
            cells.append(percent(present) + told)
            if present and not math.isnan(bits):
                carried[number] += present * bits
        rows.append(cells)
    said = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{label} {percent(share)}"
            for label, share in zip(source.labels, row, strict=True)
        )
        for name, row in zip(IDENTIFIERS, shares, strict=True)
    )
    verdicts = "".join(
        f"<li>{_verdict(run, number, carried[number], needed)}</li>"
        for number in range(len(source.labels))
    )
    return section(
        "able",
        "Will we be able to link?",
        f"<ul>{verdicts}</ul>",
        figure(
            "Identifiers by source, per cent of records that have them",
            shaded(list(IDENTIFIERS), source.labels, shares, f"Completeness. {said}"),
            "After placeholders, test values and impossible dates and numbers are "
            "taken "
            "out. The table adds distinct values per record that has one, and their "
            "entropy in bits: how many yes-or-no questions one value answers. About "
            f"{needed:.1f} bits tell {count(run.evidence.people)} people apart; as "
            "identifiers are not independent and carry errors, more are needed.",
            run.basis(len(source.codes), "records"),
            table(
                ("present; distinct; bits", *source.labels),
                rows,
                "Identifiers by source",
            ),
        ),
    )


def _verdict(run: Run, number: int, carried: float, needed: float) -> str:
    source = run.recorded.source
    inside = source.codes == number
    linkable = inside & (run.evidence.cluster >= 0)
    share = linkable.sum() / inside.sum() if inside.any() else float("nan")
    return html.escape(
        f"{source.labels[number]}: {percent(float(share))} of {count(inside.sum())} "
        f"records can be linked; a record carries {carried:.0f} bits of identity on "
        f"average, against {needed:.1f} that tell everyone apart."
    )


def overlap(run: Run) -> str:
    """Return the section on which sources meet the same people."""
    source = run.recorded.source
    rows = source_sets(run.evidence, source)
    people = run.evidence.people

    def words(bits: int) -> str:
        if bits == OTHER_SETS:
            return "other sets"
        inside = [n for i, n in enumerate(source.labels) if bits >> i & 1]
        return " + ".join(inside) + (" only" if len(inside) == 1 else "")

    told = [(words(bits), few(size), percent(size / people)) for bits, size in rows]
    drawn = [(bits, size if size >= 11 else 0, few(size)) for bits, size in rows]
    said = "; ".join(f"{a}: {b} people" for a, b, _ in told)
    picture = sets(source.labels, drawn, f"People by set of sources. {said}")
    pairs = pairs_of_sources(run.evidence, source, run.config)
    head = (
        "sources",
        "people in both",
        "share of people in either",
        "false-match rate, estimated",
        "missed-match rate, estimated",
        "open questions",
        "share in review",
    )
    return section(
        "overlap",
        "Which departments meet the same people",
        figure(
            "People by set of sources",
            picture if rows else "",
            "Each row is a set of sources; dark dots are its members, the bar counts "
            "the "
            "people who have records in exactly these. Sets of fewer than 11 people "
            "are "
            "pooled.",
            run.basis(people, "people"),
            table(("sources", "people", "share"), told, "People by set of sources"),
        ),
        figure(
            "Pairs of sources",
            "",
            "People with records in both (for a source beside itself: with several "
            "records there), error rates over record pairs between the two, and open "
            "questions that would join people across them, as a share of those and the "
            "people in both.",
            run.basis(people, "people"),
            table(head, [_pair(row) for row in pairs], "Pairs of sources"),
        ),
    )


def _pair(row: Pair) -> tuple[str, ...]:
    """Return a row; rates that rest on fewer than eleven people are not shown."""
    name = row.one if row.one == row.two else f"{row.one} + {row.two}"
    if row.one == row.two:
        name += ", several records"
    if 0 < row.both < 11:
        return (name, few(row.both), *["–"] * 5)
    asked = row.both + row.questions
    return (
        name,
        few(row.both),
        percent(row.both / row.either if row.either else np.nan),
        interval(rest(row.rates.precision)),
        interval(rest(row.rates.recall)),
        count(row.questions),
        percent(row.questions / asked if asked else np.nan),
    )
