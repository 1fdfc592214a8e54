"""The third part of the page: what each source brings, and where sources meet.

Belongs here: words and pictures of identifiers and overlap: "will we be able to link?".
Does not belong here: counting (``people``, ``sources``).
"""

import html
import math

import numpy as np

from dagster_project.linkage.blocking_keys import PARTS
from dagster_project.linkage.report.parts import (
    count,
    few,
    figure,
    folded,
    interval,
    paragraph,
    percent,
    rest,
    section,
    table,
)
from dagster_project.linkage.report.people import (
    IDENTIFIERS,
    distinctiveness,
    identifier,
)
from dagster_project.linkage.report.pictures import Bar, bars, sets, shaded
from dagster_project.linkage.report.run import Run
from dagster_project.linkage.report.sources import (
    OTHER_SETS,
    Pair,
    pairs_of_sources,
    source_sets,
)
from dagster_project.linkage.report.svg import GREY

ALONE = {
    "s4": "last four digits of the SSN",
    "z3": "first three digits of the ZIP code",
}
"""Parts of blocking rules whose own words lean on the part before them."""


def able_to_link(run: Run) -> str:
    """Return, per source, completeness and distinctiveness of each identifier."""
    source, standard = run.recorded.source, run.recorded.standard
    needed = math.log2(max(run.evidence.people, 1))
    shares, rows, carried = [], [], [0.0] * len(source.labels)
    for name in IDENTIFIERS:
        values = identifier(standard, name)
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
    pairs = pairs_of_sources(run.evidence, source, run.result, run.config)
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


def blocking(run: Run) -> str:
    """Return the section on what blocking brought together and left out."""
    report = run.result.blocking_report.to_pylist()
    first = run.result.candidate_pairs
    finds: dict[str, int] = {}
    likely = first["match_probability"].to_numpy() >= run.config.loose
    for rule, hit in zip(first["blocking_rule"].to_pylist(), likely, strict=True):
        finds[rule] = finds.get(rule, 0) + int(hit)
    rows = [
        (
            rule_words(row["rule"]),
            count(row["pairs"]),
            count(row["pairs_left_out"]),
            count(row["keys_used"]),
            count(row["keys_left_out"]),
            count(row["keys_by_neighbours"]),
            count(finds.get(row["rule"], 0)),
        )
        for row in report
    ]
    brought = sum(row["pairs"] for row in report)
    left_out = sum(row["pairs_left_out"] for row in report)
    head = (
        "rule: equal",
        "pairs",
        "pairs left out",
        "keys used",
        "keys left out",
        "of them by neighbours",
        "likely pairs found first",
    )
    most = sorted(report, key=lambda row: (-row["pairs_left_out"], row["rule"]))[:12]
    drawn = [
        Bar(rule_words(r["rule"]), r["pairs_left_out"], count(r["pairs_left_out"]))
        for r in most
        if r["pairs_left_out"]
    ]
    return section(
        "blocking",
        "What was never compared",
        paragraph(
            f"{len(report)} rules brought {count(brought)} pairs together and left "
            f"{count(left_out)} out, counted once per rule: a pair that one rule "
            "leaves "
            "out is often brought by another. Rules take rare values first and stop at "
            "their budget; what is left out shares only common values, and of those "
            "values each record still meets its nearest neighbours."
        ),
        figure(
            "Pairs left out by rule",
            bars(drawn, "Pairs left out by rule, the twelve most", GREY)
            if drawn
            else "",
            "The twelve rules that left most out.",
            run.basis(len(report), "rules"),
        ),
        folded("Every rule as a table", table(head, rows, "Blocking rules")),
    )


def rule_words(rule: str) -> str:
    """Return a blocking rule in words.

    >>> rule_words("b+li")
    'birth date + first letter of the surname'
    """
    words = {**PARTS, **ALONE}
    return " + ".join(words.get(part, part) for part in rule.split("+"))
