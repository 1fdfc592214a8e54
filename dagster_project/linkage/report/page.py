"""The linkage report as one HTML page that needs no network.

Belongs here: the page's frame, style and order, and writing it. Does not belong here:
what a section says (``overview``, ``quality_sections``, ``source_sections``,
``blocking_section``, ``model_sections``).

The page shows no name, number or record id; groups and sets of fewer than eleven
people are pooled. It holds no script, and nothing that changes when it is opened.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.report import (
    blocking_section,
    model_sections,
    overview,
    quality_sections,
    source_sections,
)
from dagster_project.linkage.report.run import measure
from dagster_project.linkage.tables import LinkResult
from dagster_project.publication.page.placed import write_page

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
h3 { font-size: 1rem; margin: 0; } nav ul { padding: 0; list-style: none; }
nav li { display: inline-block; margin: 0 1rem .4rem 0; }
a { color: #00527f; } :focus-visible { outline: 3px solid #0072B2; }
.note { margin: .2rem 0 .6rem; } .basis { display: block; }
figure { margin: 1.5rem 0; min-width: 0; } figure svg { width: 100%; max-width: 30rem;
       display: block; }
svg text { font: 12px system-ui, sans-serif; fill: #1b2a33; }
svg text.small { font-size: 11px; } svg text.strong { font-weight: 600; }
svg text.on-dots { paint-order: stroke; stroke: #fff; stroke-width: 5px; }
.pair { display: grid; gap: 0 2rem;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); }
.facts { display: grid; gap: .8rem; margin: 1rem 0;
         grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); }
.facts div { border-left: 4px solid #0072B2; padding-left: .7rem; }
dt { color: var(--soft); font-size: .9rem; } dd { margin: 0; font-size: 1.15rem; }
details { margin: .6rem 0; } summary { cursor: pointer; color: #00527f;
       padding: .4rem 0; }
th { font-weight: 600; } tbody th { font-weight: 400; white-space: normal;
       min-width: 8rem; }
thead th { white-space: normal; vertical-align: bottom; min-width: 4.5rem; }
@media print { nav { display: none; } figure, .facts div { break-inside: avoid; }
       .pair { display: block; } .scroll { overflow: visible; }
       table { font-size: .75rem; } td, th { white-space: normal; } }
"""

CONTENTS = (
    ("overview", "How many, how sure"),
    ("able", "Able to link?"),
    ("unlinkable", "Unlinkable"),
    ("errors", "How often wrong?"),
    ("groups", "Alike for everyone?"),
    ("overlap", "Overlap"),
    ("weights", "Match weights"),
    ("examples", "Pairs taken apart"),
    ("blocking", "Never compared"),
    ("model", "The model"),
)


def build_report(
    result: LinkResult,
    records: pa.Table,
    *,
    made_at: datetime,
    config: LinkConfig | None = None,
    model_name: str | None = None,
    clerical_sample: pa.Table | None = None,
    weight_histogram: tuple[Sequence[float], Sequence[float]] | None = None,
) -> str:
    """Return the page.

    Args:
        result: the run.
        records: what was linked, with whatever columns of groups there are
            (``department``, ``race``, ``ethnicity``, ``gender``).
        made_at: the page's date, UTC; every figure bears it.
        config: the run's settings.
        model_name: what to call the model beside its id.
        clerical_sample: pairs people looked at: ``record_id_l``, ``record_id_r``,
            ``is_match``; random within the bands of ``clerical_frame``.
        weight_histogram: edges in bits and counts of all candidate pairs, where the
            run kept them; else the pairs above the candidate floor are shown.
    """
    run = measure(
        result,
        records,
        config or LinkConfig(),
        made_at,
        model_name,
        clerical_sample,
        weight_histogram,
    )
    links = "".join(
        f'<li><a href="#{name}">{words}</a></li>' for name, words in CONTENTS
    )
    sections = (
        overview.overview(run),
        source_sections.able_to_link(run),
        overview.unlinkable(run),
        quality_sections.errors(run),
        quality_sections.groups(run),
        source_sections.overlap(run),
        overview.weights(run),
        model_sections.shown_pairs(run),
        blocking_section.blocking(run),
        model_sections.model_card(run),
    )
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Throughline: the linkage report</title><style>{STYLE}</style></head>
<body><header><h1>From client records to people</h1>
<p class="note">Linkage report of {made_at:%Y-%m-%d} · model {result.model_id} ·
no name, number or record id is on this page; groups of fewer than 11 people are
pooled.</p></header>
<nav aria-label="Contents"><ul>{links}</ul></nav>
<main>{"".join(sections)}</main></body></html>
"""


def write_report(
    path: Path,
    result: LinkResult,
    records: pa.Table,
    *,
    made_at: datetime,
    config: LinkConfig | None = None,
    model_name: str | None = None,
    clerical_sample: pa.Table | None = None,
    weight_histogram: tuple[Sequence[float], Sequence[float]] | None = None,
) -> int:
    """Write the page by one rename and return its bytes; see ``build_report``."""
    page = build_report(
        result,
        records,
        made_at=made_at,
        config=config,
        model_name=model_name,
        clerical_sample=clerical_sample,
        weight_histogram=weight_histogram,
    )
    write_page(page, path)
    return len(page.encode())
