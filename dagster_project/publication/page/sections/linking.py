"""Can we link? What each department's records carry, and how sure links are.

Belongs here: figures of coverage, identifiers, links between departments, and groups.
Does not belong here: how records are linked, pair by pair (``linkage_report.html``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rated import Rated, rate_figure, told
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    Rate,
    count_shown,
    is_small,
    share_drawn,
    share_shown,
)
from dagster_project.publication.page.sections.identifiers import identifiers
from dagster_project.publication.page.source import Source, words

TITLE = "Can we link?"

COVERAGE = Rated(
    table="linkage_coverage",
    title="Contacts that lead to a person",
    unit="contacts",
    by=["source_system"],
    share="of contacts made",
    where="scope_kind = 'source_system' and linked_to = 'person'",
)


def linking(source: Source) -> str:
    """Return the section: coverage, identifiers, pairs of departments, groups."""
    return section(
        "linking",
        TITLE,
        "Records can be linked as far as they carry names and birth dates, and as far "
        "as those are right. A wrong link puts one person's history on another.",
        rate_figure(source, COVERAGE),
        identifiers(source),
        _pairs(source),
        _groups(source),
    )


def _pairs(source: Source) -> str:
    rows = source.rows(
        "select * from marts.link_quality_by_department_pair "
        "where department <= other_department order by department, other_department"
    )
    return figure(
        Figure(
            anchor="link-quality-by-pair",
            title="How well two departments' records find each other",
            described=[describe(source.connection, "link_quality_by_department_pair")],
            basis=source.basis(
                max((row["n_people_either"] for row in rows), default=0),
                "people in either department",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="Estimated by the model of the linkage; nobody looked at the "
                "pairs. Within a department: its own duplicates.",
                columns={
                    "other_department": "departments",
                    "match_rate": "found",
                    "match_rate_low": "95 % interval",
                    "false_match_rate": "wrong",
                    "false_match_rate_low": "95 % interval of wrong",
                    "share_in_review": "in review",
                    "n_people_both": "people in both",
                },
                rows=[_pair(row) for row in rows],
            ),
        )
    )


def _pair(row: dict) -> list[str]:
    enough = row["n_people_both"] >= SHARE_FROM
    questions = row["n_questions"] + row["n_people_both"]
    return [
        f"{words(row['department'])} and {words(row['other_department'])}",
        _estimate(row["match_rate"], enough),
        _interval(row, "match_rate", enough),
        _estimate(row["false_match_rate"], enough),
        _interval(row, "false_match_rate", enough),
        share_shown(row["share_in_review"], questions),
        count_shown(row["n_people_both"]),
    ]


def _estimate(share: float | None, enough: bool) -> str:
    """Return a share the model expects, which is no count of anybody."""
    if share is None or not enough:
        return NOTHING
    return f"{100 * share:.1f}\u00a0%"


def _interval(row: dict, name: str, enough: bool) -> str:
    ends = [_estimate(row[f"{name}_{end}"], enough) for end in ("low", "high")]
    return NOTHING if NOTHING in ends else f"{ends[0]} to {ends[1]}"


def _groups(source: Source) -> str:
    rows = source.rows(
        "select * from marts.link_quality_by_group where grouping <> 'department' "
        "order by grouping, n_people desc, people_group"
    )
    rates = [_group(row) for row in rows]
    drawn = [rate for rate in rates if rate.value is not None]
    return figure(
        Figure(
            anchor="link-quality-by-group",
            title="Records too thin to link, by group of people",
            described=[describe(source.connection, "link_quality_by_group")],
            basis=source.basis(
                max((row["n_records"] for row in rows), default=0),
                "records of one group",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="Linkage by group. Missed and wrong are what the model of the "
                "linkage expects.",
                columns={
                    "people_group": "group",
                    "share_unlinkable": "too thin to link",
                    "share_linked_elsewhere": "linked to another department",
                    "missed_link_share": "missed",
                    "false_link_share": "wrong",
                    "n_records": "records",
                    "n_people": "people",
                },
                rows=[_group_row(row) for row in rows],
            ),
            draw=charts.rates(drawn, "of the group's records") if drawn else None,
            told=told(drawn),
            caution="A group for whom links are missed more often looks less known, "
            "and less served, than it is.",
        )
    )


def _group(row: dict) -> Rate:
    n = None if is_small(row["n_people"]) else row["n_records"]
    shares = (
        share_drawn(row[name], n)
        for name in (
            "share_unlinkable",
            "share_unlinkable_low",
            "share_unlinkable_high",
        )
    )
    value, low, high = shares
    label = f"{words(row['grouping'])} · {words(row['people_group'])}"
    low, high = (value, value) if None in (low, high) else (low, high)
    return Rate(label, value, low, high, value, value, "", "", "", "")


def _group_row(row: dict) -> list[str]:
    enough = row["n_people"] >= SHARE_FROM
    n = row["n_records"] if enough else None
    return [
        f"{words(row['grouping'])} · {words(row['people_group'])}",
        share_shown(row["share_unlinkable"], n),
        share_shown(row["share_linked_elsewhere"], n),
        _estimate(row["missed_link_share"], enough),
        _estimate(row["false_link_share"], enough),
        count_shown(row["n_records"]),
        count_shown(row["n_people"]),
    ]
