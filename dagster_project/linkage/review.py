"""What a steward is asked: joins that are likely but not sure, with the reason.

Belongs here: choosing the pair of records that shows the question, and its wording.
Does not belong here: what the steward decides (it comes back as must- or cannot-link).
"""

import numpy as np

from dagster_project.linkage.cluster import Merges
from dagster_project.linkage.fields import FIELDS
from dagster_project.linkage.membership import likeliest_pairs, sizes_at_joins
from dagster_project.linkage.questions import LINK, Question
from dagster_project.linkage.score import Scored

AGAINST = frozenset(
    {
        "different",
        "different_with_forename",
        "two_digits",
        "month_and_day",
        "first_of_january",
        "last_four",
        "six_off",
        "slip",
        "zip_other_street",
        "city_other_place",
        "same_letter",
        "as_first",
        "as_middle",
    }
)
"""Levels that speak against one person."""

WHOLE = frozenset(
    [
        *((name, levels[0]) for name, levels in FIELDS),
        ("first", "initial"),
        ("middle", "initial"),
        ("address", "zip_alone"),
        ("address", "city_alone"),
    ]
)
"""Fields and levels at which nothing differs, as far as both sides write it."""

SPARSE = 4
"""With fewer fields on both sides the question is thin evidence, not a conflict."""


def reason(levels: np.ndarray) -> str:
    """Return in words what keeps a pair of records from being linked."""
    named = [
        (FIELDS[place].name, FIELDS[place].levels[number - 1])
        for place, number in enumerate(levels.tolist())
        if number
    ]
    against = [
        f"{name} {word}".replace("_", " ") for name, word in named if word in AGAINST
    ]
    if against:
        return "; ".join(against)
    if len(named) < SPARSE:
        return "little to compare: " + ", ".join(name for name, _ in named)
    if WHOLE.issuperset(named):
        return "agrees in all that is known, which is not enough to be sure"
    return "agrees only nearly, or on common values"


def review_rows(merges: Merges, pairs: Scored, threshold: float) -> list[Question]:
    """Return the joins that were not made at ``threshold``, the most useful first.

    The pair shown is the likeliest candidate pair between the two clusters (their first
    records when blocking never brought any together). Priority is how many record pairs
    the answer decides times how open it is, 4 p (1 - p). Of several questions about one
    cluster, each later one counts the earlier ones as answered with yes.
    """
    made = merges.before(threshold)
    shown = likeliest_pairs(
        merges.kept,
        merges.joined,
        ~made,
        merges.records,
        pairs.left,
        pairs.right,
        pairs.log_odds,
    )
    sizes = sizes_at_joins(merges.kept, merges.joined, merges.records)
    chance = merges.stated.of_joins(merges.score)
    people: dict[int, int] = {}
    rows = []
    for row in np.flatnonzero(~made).tolist():
        a, b = int(merges.kept[row]), int(merges.joined[row])
        left, right = sizes[row].tolist()
        people[a] = people.get(a, 1) + people.get(b, 1)
        p, found = float(chance[row]), int(shown[row])
        pair, text = (a, b), "never compared"
        if found >= 0:
            pair = (int(pairs.left[found]), int(pairs.right[found]))
            text = reason(pairs.levels[found])
        open_ = 4 * p * (1 - p)
        useful = round(left * right * open_, 6)
        rows.append(Question(LINK, *pair, text, useful, p, left + right, people[a]))
    return sorted(rows, key=lambda r: (-r.priority, r.left, r.right))
