"""The by-name list: who comes and goes, and whom the case conference may talk about.

Belongs here: counts of the list. Does not belong here: anybody on it.
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rounding import count_drawn, count_shown
from dagster_project.publication.page.source import Source, words

TITLE = "Who comes onto the by-name list, and who leaves it?"

CAME = {"n_new": "new", "n_returned_housing": "back from housing or inactivity"}
LEFT = {"n_housed": "housed", "n_inactive": "inactive", "n_deceased": "deceased"}
COLUMNS = {
    "flow_month": "month",
    "n_active_before": "active before",
    "n_new": "new",
    "n_returned_housing": "back from housing",
    "n_returned_inactive": "back from inactivity",
    "n_housed": "housed",
    "n_inactive": "inactive",
    "n_deceased": "deceased",
    "n_active": "active",
    "n_active_strict": "strict links",
    "n_active_loose": "loose links",
}
MONTHS = 18
"""Months of the picture; the table has as many, the mart has all."""


def by_name(source: Source) -> str:
    """Return the section: the flow by month, and the size of the conference's list."""
    return section(
        "by-name",
        TITLE,
        "Active before, plus who came, less who left, is active after: month by month.",
        _flow(source),
        _conference(source),
    )


def _flow(source: Source) -> str:
    rows = source.rows(
        "select * from (select * from marts.by_name_flow order by flow_month desc "
        f"limit {MONTHS}) order by flow_month"
    )
    kinds = [(name, 1) for name in CAME] + [(name, -1) for name in LEFT]
    drawn = []
    for row in rows:
        counts = row | {
            "n_returned_housing": row["n_returned_housing"] + row["n_returned_inactive"]
        }
        for name, sign in kinds:
            if count := count_drawn(counts[name]):
                drawn.append(
                    ((CAME | LEFT)[name], f"{row['flow_month']:%Y-%m-%d}", sign * count)
                )
    return figure(
        Figure(
            anchor="by-name-flow",
            title="Who came and who left, by month",
            described=[describe(source.connection, "by_name_flow")],
            basis=source.basis(
                max((row["n_active"] for row in rows), default=0),
                "people active",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="The by-name list by month. Rounded counts do not add up.",
                columns=COLUMNS,
                rows=[
                    [
                        f"{row['flow_month']:%Y-%m}",
                        *(count_shown(row[name]) for name in list(COLUMNS)[1:]),
                    ]
                    for row in rows
                ],
            ),
            draw=charts.flow(drawn, "people") if drawn else None,
            told="Above the line who came onto the list, below it who left.",
        )
    )


def _conference(source: Source) -> str:
    rows = source.rows(
        "select reason, count(*) as n_people, sum(n_evidence) as n_evidence, "
        "max(weight) as weight, max(data_through) as data_through "
        "from marts.case_conference_reasons inner join "
        "(select person_id from marts.case_conference_candidates where is_eligible) "
        "using (person_id) group by reason order by n_people desc, reason"
    )
    (eligible,) = source.rows(
        "select count(*) as n from marts.case_conference_candidates where is_eligible"
    )
    return figure(
        Figure(
            anchor="case-conference",
            title="Why the case conference might talk about somebody",
            described=[describe(source.connection, "case_conference_reasons")],
            basis=source.basis(
                eligible["n"],
                "people eligible (Welfare and Institutions Code §18999.8)",
                max((row["data_through"] for row in rows), default=None),
            ),
            table=Table(
                caption="People eligible for the case conference, by reason; one "
                "person may have several.",
                columns={
                    "reason": "reason",
                    "n_people": "people",
                    "weight": "weight",
                },
                rows=[
                    [
                        words(row["reason"]),
                        count_shown(row["n_people"]),
                        f"{row['weight']}",
                    ]
                    for row in rows
                ],
            ),
            draw=charts.bars(
                [
                    (words(row["reason"]), drawn)
                    for row in rows
                    if (drawn := count_drawn(row["n_people"]))
                ],
                "people",
            ),
            told="A bar for each reason: how many people it holds for.",
        )
    )
