"""Pieces of the page: a table, a figure with what it means, a section.

Belongs here: HTML text from plain values, every value escaped. Does not belong here:
drawing (``charts``), rounding (``rounding``), what a section holds (``sections``).
"""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dagster_project.publication.page.described import Described, beside
from dagster_project.publication.page.svg import Draw, picture


@dataclass(frozen=True)
class Table:
    """A table of what may be shown.

    Attributes:
        caption: What it is a table of.
        columns: Name of each column in its mart, or a name of the page's own, and its
            heading; the first heads the rows.
        rows: Texts, already rounded.
    """

    caption: str
    columns: Mapping[str, str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Figure:
    """A picture, its table, what both mean, and what they rest on.

    Attributes:
        anchor: Its id on the page.
        title: What is shown, as a question or a phrase.
        described: The marts it is drawn from; their words are its definition.
        basis: n, date and run.
        table: The figures.
        draw: Draws the picture; None where a table says it better.
        told: What can be seen in the picture, in a sentence.
        caution: What the reader must not conclude, where that needs saying twice.
        open: Whether the table stands open under the picture.
    """

    anchor: str
    title: str
    described: Sequence[Described]
    basis: str
    table: Table
    draw: Draw | None = None
    told: str = ""
    caution: str = ""
    open: bool = False


def figure(shown: Figure) -> str:
    """Return a figure: title, definition on hover and beside it, picture, table."""
    text = " ".join(described.text for described in shown.described)
    short = " ".join(beside(described.text) for described in shown.described)
    names = ", ".join(f"marts.{described.table}" for described in shown.described)
    meanings = {
        column: meaning
        for described in shown.described
        for column, meaning in described.columns.items()
    }
    body = table(shown.table, meanings)
    if not shown.table.rows:
        body = '<p class="note">No row of it may be shown: each counts too few.</p>'
    elif shown.draw:
        drawn = picture(shown.anchor, shown.title, shown.told, shown.draw)
        opened = " open" if shown.open else ""
        body = (
            f'<div class="picture" title="{html.escape(text)}">{drawn}</div>'
            f"<details{opened}><summary>The figures as a table"
            f'<span class="unseen">: {html.escape(shown.title)}</span></summary>'
            f"{body}</details>"
        )
    caution = (
        f'<p class="caution">{html.escape(shown.caution)}</p>' if shown.caution else ""
    )
    return (
        f'<figure id="{shown.anchor}" aria-labelledby="{shown.anchor}-h">'
        f'<figcaption><h3 id="{shown.anchor}-h" title="{html.escape(text)}">'
        f"{html.escape(shown.title)}</h3>"
        f'<p class="note">{html.escape(short)}</p>{caution}'
        f'<p class="basis">{html.escape(shown.basis)} · {html.escape(names)}</p>'
        f"</figcaption>{body}{_in_full(shown, text, meanings)}</figure>"
    )


def table(shown: Table, meanings: Mapping[str, str]) -> str:
    """Return a table; a wide one scrolls, and the keyboard reaches it."""
    head = "".join(
        f'<th scope="col"{_hover(meanings.get(name))}>{html.escape(heading)}</th>'
        for name, heading in shown.columns.items()
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row">{html.escape(cell)}</th>'
            if place == 0
            else f"<td>{html.escape(cell)}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>"
        for row in shown.rows
    )
    caption = html.escape(shown.caption)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">'
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def section(anchor: str, title: str, lead: str, *inside: str) -> str:
    """Return a section of the page with its heading and a sentence to begin with."""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-h">'
        f'<h2 id="{anchor}-h">{html.escape(title)}</h2>'
        f"<p>{html.escape(lead)}</p>{''.join(inside)}</section>"
    )


def cards(facts: Sequence[tuple[str, str]]) -> str:
    """Return the head figures as a list of terms."""
    inside = "".join(
        f"<div><dt>{html.escape(label)}</dt><dd>{html.escape(figure)}</dd></div>"
        for label, figure in facts
    )
    return f'<dl class="cards">{inside}</dl>'


def _in_full(shown: Figure, text: str, meanings: Mapping[str, str]) -> str:
    """Return the whole definition and that of each column, opened when wanted."""
    inside = "".join(
        f"<dt>{html.escape(heading)}</dt><dd>{html.escape(meanings[name])}</dd>"
        for name, heading in shown.table.columns.items()
        if name in meanings
    )
    return (
        "<details><summary>What it means, in full"
        f'<span class="unseen">: {html.escape(shown.title)}</span></summary>'
        f'<p class="note">{html.escape(text)}</p>'
        f'<dl class="glossary">{inside}</dl></details>'
    )


def _hover(meaning: str | None) -> str:
    return f' title="{html.escape(meaning)}"' if meaning else ""
