"""What may leave: the public tables, their scores, and what is hidden in them.

Belongs here: a list of the tables. Does not belong here: their rows; the tables
themselves are what is handed out.
"""

from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.source import Source, words

TITLE = "What may leave the departments of the agreement?"


def public(source: Source) -> str:
    """Return the section: each public table with its score and its hidden rows."""
    rows = source.rows(
        "select * from marts.public_table_scores "
        "where is_published or verdict in ('fails', 'no_data') "
        "qualify is_published "
        "or not bool_or(is_published) over (partition by public_table) "
        "order by public_table, shape_order"
    )
    return section(
        "public",
        TITLE,
        "This page stays with the departments. What is for the public are the tables "
        "below, in the published copy: scored as CalHHS asks, small cells hidden so "
        "that no sum gives them back.",
        figure(
            Figure(
                anchor="public-tables",
                title="Public tables and their publication scores",
                described=[describe(source.connection, "public_table_scores")],
                basis=source.basis(
                    sum(row["n_rows"] for row in rows), "rows", _through(source)
                ),
                table=Table(
                    caption="Public tables: the breakdown that is published, its score "
                    "and the mark it must not pass.",
                    columns={
                        "public_table": "table",
                        "shape": "breakdown",
                        "verdict": "verdict",
                        "score": "score",
                        "pass_mark": "at most",
                        "n_rows": "rows",
                        "n_rows_suppressed": "with hidden figures",
                    },
                    rows=[
                        [
                            row["public_table"],
                            row["shape"],
                            words(row["verdict"]),
                            f"{row['score']}",
                            f"{row['pass_mark']}",
                            f"{row['n_rows']}",
                            f"{row['n_rows_suppressed']}",
                        ]
                        for row in rows
                    ],
                ),
            )
        ),
    )


def _through(source: Source):
    """Return the last day of the data of the public tables."""
    (row,) = source.rows(
        "select max(data_through) as day from marts.public_people_by_department"
    )
    return row["day"]
