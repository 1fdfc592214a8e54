"""The report page: one self-contained HTML file that needs no network.

Belongs here: laying out answers, pictures, definitions and dates. Does not belong
here: computing a figure (``answers``) or drawing one (``pictures``).

The page is for the departments of the agreement. It shows counts below eleven and is
therefore not for publication; it says so.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from dagster_project.places import readable_by_all
from dagster_project.publication.answers import Question

STYLE = """
:root { color-scheme: light; --ink: #1b2a33; --soft: #5b6b75; --line: #d5dde2; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); margin: 0 auto;
       max-width: 60rem; padding: 1rem; }
h1 { font-size: 1.6rem; margin: .5rem 0; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
.note { color: var(--soft); font-size: .9rem; } figure { margin: 1rem 0; }
figure svg { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; width: 100%; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--line);
         white-space: nowrap; }
td.words { white-space: normal; }
th.words, td.words { text-align: left; }
caption { text-align: left; color: var(--soft); padding: .3rem 0; }
@media print { body { max-width: none; } h2 { break-after: avoid; } }
"""


@dataclass(frozen=True)
class Section:
    """One answered question: its table, and a picture as SVG text or nothing."""

    question: Question
    table: pa.Table
    picture: str


def build_report(
    sections: Sequence[Section],
    *,
    facts: Sequence[tuple[str, str]],
    data_through: str,
    run_id: str,
) -> str:
    """Return the page.

    Args:
        sections: The answered questions, in order.
        facts: Pairs of label and figure for the head of the page.
        data_through: The last complete day of the data, ISO.
        run_id: The run that made the page.
    """
    body = "".join(_section(section, data_through) for section in sections)
    head = "".join(
        f'<tr><td class="words">{html.escape(label)}</td>'
        f"<td>{html.escape(figure)}</td></tr>"
        for label, figure in facts
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline: interventions to outcomes</title><style>{STYLE}</style></head>
<body><header><h1>From street contacts to outcomes</h1>
<p class="note">Data through {html.escape(data_through)} · run {html.escape(run_id)} ·
for the departments of the sharing agreement; small counts are shown, so this page is
not for publication.</p></header><main>
<h2>What this page rests on</h2><div class="scroll"><table>{head}</table></div>
{body}</main></body></html>
"""


def write_report(page: str, target: Path) -> None:
    """Put the page in place by one rename."""
    fresh = target.with_name(target.name + ".tmp")
    fresh.write_text(page, encoding="utf-8")
    readable_by_all(fresh)
    fresh.replace(target)


def shown(value: object, column: str) -> str:
    """Return a figure as a reader expects it: shares in per cent, counts with commas.

    >>> shown(0.4567, "acceptance_rate"), shown(12345, "n_offers"), shown(None, "n")
    ('45.7 %', '12,345', '–')
    """
    if value is None:
        return "–"
    if isinstance(value, float):
        share = column.endswith(("_rate", "share"))
        return f"{value:.1%}".replace("%", " %") if share else f"{value:,.1f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    # A code is shown in words; a name is shown as it is.
    return str(value).replace("_", " ") if column.endswith("_type") else str(value)


def heading(column: str) -> str:
    """Return a column's name in words.

    >>> heading("n_not_fulfilled")
    'not fulfilled'
    """
    return column.removeprefix("n_").replace("_", " ")


def _section(section: Section, data_through: str) -> str:
    """Return one question with its definition, picture and table."""
    schema = section.table.schema
    css = {f.name: ' class="words"' * pa.types.is_string(f.type) for f in schema}
    head = "".join(
        f'<th scope="col"{css[name]}>{html.escape(heading(name))}</th>' for name in css
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td{css[name]}>{html.escape(shown(row[name], name))}</td>" for name in css
        )
        + "</tr>"
        for row in section.table.to_pylist()
    )
    title = html.escape(section.question.title)
    picture = (
        f'<figure role="img" aria-label="{title}">{section.picture}</figure>'
        if section.picture
        else ""
    )
    return f"""<section><h2>{title}</h2>
<p class="note">{html.escape(section.question.definition)}</p>{picture}
<div class="scroll"><table><caption>Data through {html.escape(data_through)}</caption>
<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></section>"""
