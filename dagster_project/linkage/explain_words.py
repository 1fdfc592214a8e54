"""The account of a pair of records in words, for a terminal.

Belongs here: sentences and the table of comparisons. Does not belong here: any figure's
computation (``explain``), values of a record.
"""

from dagster_project.linkage.explain import Explained

WIDTH = 46
"""Columns of the words before the figures; the longest level fits."""

WHY_TWO_FIGURES = (
    "Bits are the model's evidence of two records by themselves, the fields added up "
    "as if none told of another. The probability is not computed from them: it is how "
    "many pairs of so many bits are one person as the people of the table were found "
    "that the model learnt from, where their other records were weighed too."
)
"""Why nobody can compute the one from the other; docs/decisions/0028."""

RARITY = "  how common the value is"


def account(explained: Explained) -> list[str]:
    """Return the lines of the account."""
    lines = [f"{'':{WIDTH}}{'m':>9}{'u':>10}{'bits':>9}{'total':>9}"]
    total = explained.prior
    lines.append(_line("before anything is compared", "", "", total, total))
    for part in explained.comparisons:
        total += part.bits
        lines.append(
            _line(part.words, _share(part.m), _share(part.u), part.bits, total)
        )
        if part.rarity_bits:
            total += part.rarity_bits
            lines.append(_line(RARITY, "", "", part.rarity_bits, total))
    total += explained.household
    lines.append(_line("or two people of one home", "", "", explained.household, total))
    lines.append("")
    return [*lines, stated(explained), WHY_TWO_FIGURES, verdict(explained)]


def stated(explained: Explained) -> str:
    """Return the evidence and the one probability that is stated of the pair."""
    return (
        f"The two records by themselves: {explained.match_weight:.1f} bits, stated "
        f"probability {percent(explained.probability)}."
    )


def _line(words: str, m: str, u: str, bits: float, total: float) -> str:
    return f"{words:{WIDTH}}{m:>9}{u:>10}{bits:>+9.2f}{total:>+9.2f}"


def _share(probability: float | None) -> str:
    return "" if probability is None else f"{probability:.2g}"


def percent(probability: float) -> str:
    """Return a probability that is never rounded to certainty.

    >>> percent(0.5), percent(0.99999999), percent(1e-9)
    ('50.0 %', 'above 99.99 %', 'below 0.01 %')
    """
    if probability > 0.9999:
        return "above 99.99 %"
    if probability < 0.0001:
        return "below 0.01 %"
    return f"{100 * probability:.{1 if 0.01 < probability < 0.99 else 2}f} %"


def verdict(explained: Explained) -> str:
    """Return in one sentence why two records are in one person, or are not."""
    outcome = explained.outcome
    left, right = outcome.sizes
    if outcome.kind == "must_link":
        return "One person: a steward decided so."
    if outcome.kind == "cannot_link":
        return "Two people: a steward decided so."
    met = (
        f"the pooled evidence of {_records(left)} beside the first and "
        f"{_records(right)} beside the second, themselves included, is "
        f"{outcome.bits:.1f} bits"
    )
    if left == right == 1:
        met = (
            f"neither was in a person yet, and their evidence is {outcome.bits:.1f} "
            "bits"
        )
    linked = f"records are linked from {explained.linked_from:.1f}"
    if outcome.kind == "linked":
        return f"One person: when the two were joined, {met}; {linked}."
    if outcome.kind == "review":
        return f"Not linked, but a question for review: {met}; {linked}."
    return f"Two people: {met}; a steward is asked from {explained.asked_from:.1f}."


def _records(count: int) -> str:
    return f"{count:,} record" + ("" if count == 1 else "s")
