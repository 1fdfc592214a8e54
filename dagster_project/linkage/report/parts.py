"""Pieces of the page: figures in words, tables, figures with what they mean.

Belongs here: HTML text from plain values. Does not belong here: measuring (``groups``,
``sources``), drawing (``svg``, ``pictures``).
"""

import html
import math
from collections.abc import Sequence

from dagster_project.linkage.quality import Estimate

LEAST_SHOWN = 11
"""A group of fewer people is not shown by itself: CMS's cell-size rule, which the
departments of health apply as well."""

FEW = "fewer than 11"


def count(number: float) -> str:
    """Return a whole number with commas.

    >>> count(12345)
    '12,345'
    """
    return f"{number:,.0f}"


def few(number: int) -> str:
    """Return a count of people, small ones hidden.

    >>> few(0), few(10), few(11)
    ('0', '<11', '11')
    """
    return f"<{LEAST_SHOWN}" if 0 < number < LEAST_SHOWN else count(number)


def percent(share: float) -> str:
    """Return a share in per cent, with more digits where it is small.

    >>> [percent(x).split()[0] for x in (0.4567, 0.00412, 0.00002, math.nan)]
    ['45.7', '0.41', '<0.01', '–']
    """
    if not math.isfinite(share):
        return "–"
    if 0 < share < 0.0001:
        return "<0.01\u00a0%"
    digits = 1 if share >= 0.01 or share == 0 else 2
    return f"{100 * share:.{digits}f}\u00a0%"


def interval(estimate: Estimate) -> str:
    """Return an estimate with its 95 % interval."""
    if not math.isfinite(estimate.value):
        return "–"
    return (
        f"{percent(estimate.value)} "
        f"({percent(estimate.low)} to {percent(estimate.high)})"
    )


def rest(estimate: Estimate) -> Estimate:
    """Return one minus an estimate: an error rate from a share that is right."""
    return Estimate(1 - estimate.value, 1 - estimate.high, 1 - estimate.low)


def table(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str) -> str:
    """Return a table whose first column heads its rows."""
    top = "".join(
        f'<th scope="col"{_words(n)}>{html.escape(cell)}</th>'
        for n, cell in enumerate(head)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row" class="words">{html.escape(cell)}</th>'
            if number == 0
            else f"<td>{html.escape(cell)}</td>"
            for number, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    # A table that is wider than a phone scrolls, and the keyboard must reach it.
    return (
        f'<div class="scroll" role="region" tabindex="0" '
        f'aria-label="{html.escape(caption)}"><table><caption>{html.escape(caption)}'
        f"</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _words(number: int) -> str:
    return ' class="words"' if number == 0 else ""


def folded(summary: str, inside: str) -> str:
    """Return what a reader opens when wanted."""
    return f"<details><summary>{html.escape(summary)}</summary>{inside}</details>"


def figure(
    title: str, picture: str, definition: str, basis: str, behind: str = ""
) -> str:
    """Return a picture with its title, definition, n and date, and its table folded.

    Args:
        title: what is shown.
        picture: SVG with its own text alternative, or nothing.
        definition: what the figure means, and how it must not be read.
        basis: its n and date.
        behind: the table of what is drawn.
    """
    more = folded("The figures as a table", behind) if behind and picture else behind
    return (
        f"<figure><figcaption><h3>{html.escape(title)}</h3>"
        f'<p class="note">{html.escape(definition)} '
        f'<span class="basis">{html.escape(basis)}</span></p></figcaption>'
        f"{picture}{more}</figure>"
    )


def section(anchor: str, title: str, *inside: str) -> str:
    """Return a section of the page."""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-title">'
        f'<h2 id="{anchor}-title">{html.escape(title)}</h2>{"".join(inside)}</section>'
    )


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{html.escape(text)}</p>"
