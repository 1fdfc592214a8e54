"""The part of the page on what was never compared.

Belongs here: words and pictures of the blocking report. Does not belong here: blocking.
"""

import pyarrow.compute as pc

from dagster_project.linkage.blocking_keys import PARTS
from dagster_project.linkage.filtering import MOST_LOST
from dagster_project.linkage.report.parts import (
    count,
    figure,
    folded,
    paragraph,
    section,
    table,
)
from dagster_project.linkage.report.pictures import Bar, bars
from dagster_project.linkage.report.run import Run
from dagster_project.linkage.report.svg import GREY

ALONE = {
    "s4": "last four digits of the SSN",
    "z3": "first three digits of the ZIP code",
}
"""Parts of blocking rules whose own words lean on the part before them."""


def blocking(run: Run) -> str:
    """Return the section on what blocking brought together and left out."""
    report = run.result.blocking_report.to_pylist()
    first = run.result.candidate_pairs
    likely = pc.greater_equal(first["match_probability"], run.config.loose)
    counted = pc.value_counts(first["blocking_rule"].filter(likely)).to_pylist()
    finds = {row["values"]: row["counts"] for row in counted}
    rows = [
        (
            rule_words(row["rule"]),
            count(row["pairs"]),
            count(row["pairs_left_out"]),
            count(row["pairs_filtered"]),
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
        "pairs filtered",
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
        _filtered(sum(row["pairs_filtered"] for row in report)),
        figure(
            "Pairs left out by rule",
            bars(drawn, "Pairs left out by rule, the most first", GREY)
            if drawn
            else "",
            "The rules that left pairs out, at most twelve.",
            run.basis(len(report), "rules"),
        ),
        folded("Every rule as a table", table(head, rows, "Blocking rules")),
    )


def _filtered(pairs: int) -> str:
    """Return the paragraph on candidates of which a glance was enough."""
    if not pairs:
        return ""
    return paragraph(
        f"{count(pairs)} different pairs that were brought together were only glanced "
        "at (names by sound, dates, numbers, place): by the model, all pairs that look "
        f"so hold at most {100 * MOST_LOST:.2f} % of the links."
    )


def rule_words(rule: str) -> str:
    """Return a blocking rule in words.

    >>> rule_words("b+li")
    'birth date + first letter of the surname'
    """
    words = {**PARTS, **ALONE}
    return " + ".join(words.get(part, part) for part in rule.split("+"))
