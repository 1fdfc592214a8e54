"""The account of a pair of records in words, for a terminal.

Belongs here: sentences and the table of comparisons. Does not belong here: any figure's
computation (``explain``), values of a record.
"""

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.explain import Explained, Outcome

WIDTH = 46
"""Columns of the words before the figures; the longest level fits."""

SEEN = 0.005
"""Difference of two probabilities that a reader who converts bits may notice."""

RARITY = "  how common the value is"


def account(explained: Explained, config: LinkConfig) -> list[str]:
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
    lines.append(
        f"The two records by themselves: {explained.match_weight:.1f} bits, "
        f"probability {percent(explained.probability)}."
    )
    if abs(explained.probability - 1.0 / (1.0 + 0.5**explained.match_weight)) > SEEN:
        lines.append(
            "The probability is how many pairs of so many bits are one person, as "
            "the people found in this table tell."
        )
    lines.append(verdict(explained.outcome, config))
    return lines


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


def verdict(outcome: Outcome, config: LinkConfig) -> str:
    """Return in one sentence why two records are in one person, or are not."""
    left, right = outcome.sizes
    if outcome.kind == "must_link":
        return "One person: a steward decided so."
    if outcome.kind == "cannot_link":
        return "Two people: a steward decided so."
    met = (
        f"the pooled evidence of {_records(left)} beside the first and "
        f"{_records(right)} beside the second, themselves included, is "
        f"{outcome.bits:.1f} bits, probability {percent(outcome.probability)}"
    )
    if left == right == 1:
        met = (
            f"neither was in a person yet, and their evidence is {outcome.bits:.1f} "
            f"bits, probability {percent(outcome.probability)}"
        )
    if outcome.kind == "linked":
        return f"One person: when the two were joined, {met}."
    if outcome.kind == "review":
        return (
            f"Not linked, but a question for review: {met}; records are linked from "
            f"{percent(config.threshold)}."
        )
    return f"Two people: {met}; a steward is asked from {percent(config.loose)}."


def _records(count: int) -> str:
    return f"{count:,} record" + ("" if count == 1 else "s")
