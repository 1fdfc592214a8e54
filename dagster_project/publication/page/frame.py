"""The page's frame: head, contents, foot, style.

Belongs here: what stands around the sections. Does not belong here: any figure's
making (``sections``, ``build``), writing the page (``placed``).
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from dagster_project.publication.page.colours import colours
from dagster_project.publication.page.parts import cards
from dagster_project.publication.page.rounding import SHARE_FROM, SMALL, STEP

TITLE = "From street contacts to outcomes"

READING = (
    f"A count of 1 to {SMALL - 1} is not shown (<{SMALL}), nor what would give it "
    f"away; other counts are rounded to the nearest {STEP}, and shares are computed "
    f"from rounded counts. A share of fewer than {SHARE_FROM} is not shown.",
    "Every share is given at the usual linkage threshold, with its 95 % interval, and "
    "at a strict and a loose one: where these lie apart, the figure depends on who is "
    "taken for one person.",
    "What follows an intervention is association, not effect, unless the figure says "
    "that it is adjusted; and then it is adjusted for what was recorded only.",
    "HSH is Homelessness and Supportive Housing, DPH Public Health, DEM Emergency "
    "Management, Fire the Fire Department; MOUD is medication for opioid use disorder.",
    "A dotted line under a heading, and a pause on a picture, show what it means. "
    "Without a mouse: the same words open under \u201cWhat it means, in full\u201d.",
)
"""How to read the page."""


@dataclass(frozen=True)
class Part:
    """A section of the page: its id, its short name in the contents, its HTML."""

    anchor: str
    name: str
    text: str


def frame(
    parts: Sequence[Part],
    *,
    facts: Sequence[tuple[str, str]],
    data_through: str,
    run_id: str,
    made_on: str,
) -> str:
    """Return the page.

    Args:
        parts: The sections in their order.
        facts: Pairs of label and figure for the head of the page.
        data_through: The last complete day of the data, ISO.
        run_id: The run that made the page.
        made_on: The day it was made, ISO.
    """
    through, run, made = map(html.escape, (data_through, run_id, made_on))
    links = "".join(
        f'<li><a href="#{part.anchor}">{html.escape(part.name)}</a></li>'
        for part in parts
    )
    reading = "".join(f"<li>{html.escape(words)}</li>" for words in READING)
    body = "".join(part.text for part in parts)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'">
<title>Throughline: {TITLE.lower()}, data through {through}</title>
<style>{style()}</style></head>
<body><a class="skip" href="#main">Skip to the answers</a>
<header><h1>{TITLE}</h1>
<p class="note">Data through {through} · run {run} · made {made} · for the departments
of the sharing agreement</p></header>
<nav aria-label="Contents"><ul>{links}</ul></nav>
<main id="main" tabindex="-1">
<section id="basis" aria-labelledby="basis-h">
<h2 id="basis-h">What this page rests on</h2>{cards(facts)}
<details><summary>How to read a figure</summary><ul class="note">{reading}</ul>
</details>
</section>
{body}</main>
<footer><p class="note">Throughline · data through {through} · run {run} · made {made}.
No name, number or address of a person is in this file. It loads nothing and runs
nothing: keep it, send it, print it, as the agreement allows.</p></footer>
</body></html>
"""


def style() -> str:
    """Return the style sheet that stands in the page."""
    return colours() + (files(__package__) / "style.css").read_text(encoding="utf-8")
