"""What identifiers each department's records carry.

Belongs here: the figure of ``marts.identifier_quality``. Does not belong here: whether
records that carry them are linked (``linking``).
"""

from dagster_project.publication.page import charts
from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure
from dagster_project.publication.page.rounding import (
    NOTHING,
    SHARE_FROM,
    count_shown,
    share_drawn,
    share_shown,
)
from dagster_project.publication.page.source import Source, words


def identifiers(source: Source) -> str:
    """Return which share of each department's records carries each identifier."""
    rows = source.rows(
        "select * from marts.identifier_quality order by identifier, department"
    )
    names = list(dict.fromkeys(row["identifier"] for row in rows))
    departments = sorted({row["department"] for row in rows})
    return figure(
        Figure(
            anchor="identifier-quality",
            title="Records with an identifier that can be used",
            described=[describe(source.connection, "identifier_quality")],
            basis=source.basis(
                max((row["n_records"] for row in rows), default=0),
                "records of one department",
                max((row["data_through"] for row in rows), default=None),
                most=True,
            ),
            table=Table(
                caption="Identifiers by department.",
                columns={
                    "identifier": "identifier and department",
                    "completeness": "delivered",
                    "validity": "of those usable",
                    "share_unique": "borne by one person only",
                    "entropy_bits": "bits",
                    "n_records": "records",
                },
                rows=[_identifier(row) for row in rows],
            ),
            draw=charts.matrix(
                [
                    (
                        name,
                        words(row["department"]),
                        share_drawn(row["share_usable"], row["n_records"]),
                        share_shown(row["share_usable"], row["n_records"]),
                    )
                    for name in names
                    for department in departments
                    for row in rows
                    if (row["identifier"], row["department"]) == (name, department)
                ],
                "department",
                "identifier",
            )
            if rows
            else None,
            told="The darker a cell, the more records carry the identifier.",
        )
    )


def _identifier(row: dict) -> list[str]:
    enough = row["n_usable"] >= SHARE_FROM and row["entropy_bits"] is not None
    return [
        f"{row['identifier']} · {words(row['department'])}",
        share_shown(row["completeness"], row["n_records"]),
        share_shown(row["validity"], row["n_delivered"]),
        share_shown(row["share_unique"], row["n_distinct"]),
        f"{row['entropy_bits']:.0f}" if enough else NOTHING,
        count_shown(row["n_records"]),
    ]
