"""How the months of the by-name flow were restated since they were first published.

Belongs here: booking what a run publishes, and comparing first with now. Does not
belong here: the flow itself (the mart ``by_name_flow``).

Links made later, records that come late and corrections restate months long past. The
book ``by_name_flow_publications`` is only ever added to: a month is booked when it is
first published and whenever a figure of it changes, so the same deliveries twice add
nothing.
"""

from datetime import datetime

import duckdb

from dagster_project.descriptions import describe

FIGURES = (
    "n_active_before",
    "n_new",
    "n_returned_housing",
    "n_returned_inactive",
    "n_housed",
    "n_inactive",
    "n_deceased",
    "n_active",
)
"""What is published of a month."""

PUBLICATIONS = "by_name_flow_publications"
REVISIONS = "by_name_flow_revisions"

TABLES = {
    PUBLICATIONS: "One row per month of the by-name flow and publication of it: the "
    "figures as they were published then; only ever added to.",
    REVISIONS: "One row per month and figure of the by-name flow: as first published, "
    "and now. Good for how far to trust the last months. Not for the flow itself.",
}

COLUMNS = {
    PUBLICATIONS: {
        "flow_month": ("date", "First day of the month."),
        "publication_number": ("bigint", "1 is the first publication of the month."),
        "published_at": ("timestamp", "UTC clock of the run that published it."),
        "data_through": ("date", "How far the data reached then."),
        **{
            name: ("bigint", f"{name} of by_name_flow as published.")
            for name in FIGURES
        },
    },
    REVISIONS: {
        "flow_month": ("date", "First day of the month."),
        "figure": ("varchar", "Column of by_name_flow."),
        "first_value": ("bigint", "As first published."),
        "first_published_at": ("timestamp", "UTC clock of the run that did."),
        "first_data_through": ("date", "How far the data reached then."),
        "value_now": ("bigint", "As by_name_flow has it; null if the month is gone."),
        "change": ("bigint", "value_now without first_value."),
        "n_publications": (
            "bigint",
            "Publications of the month, in each of which some figure differs from the "
            "one before.",
        ),
        "data_through": ("date", "How far the data reach now."),
    },
}
"""Column -> its type, and what it says."""


def book_flow(connection: duckdb.DuckDBPyConnection, at: datetime) -> dict[str, int]:
    """Book what ``marts.by_name_flow`` publishes and compare it with the first time.

    Args:
        connection: The warehouse; ``marts.by_name_flow`` is as this run built it.
        at: The run's clock, UTC without zone.

    Returns:
        Rows by table. Both tables change in one transaction, or neither.
    """
    connection.execute("begin transaction")
    try:
        _create(connection)
        connection.execute(_new_publications(), [at])
        connection.execute(f"delete from marts.{REVISIONS}")
        connection.execute(_revisions())
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {
        table: connection.execute(f"select count(*) from marts.{table}").fetchone()[0]
        for table in TABLES
    }


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    for table, columns in COLUMNS.items():
        listed = ", ".join(f"{name} {kind}" for name, (kind, _) in columns.items())
        connection.execute(f"create table if not exists marts.{table} ({listed})")
        words = {name: meaning for name, (_, meaning) in columns.items()}
        describe(connection, table, TABLES[table], words)


def _new_publications() -> str:
    """Return the SQL that books months not booked yet, or not with these figures."""
    same = " and ".join(f"flow.{name} = published.{name}" for name in FIGURES)
    figures = ", ".join(f"flow.{name}" for name in FIGURES)
    return f"""
        insert into marts.{PUBLICATIONS}
        with published as (
            select *
            from marts.{PUBLICATIONS}
            qualify publication_number
                = max(publication_number) over (partition by flow_month)
        )
        select
            flow.flow_month,
            coalesce(published.publication_number, 0) + 1,
            ?,
            flow.data_through,
            {figures}
        from marts.by_name_flow as flow
        left join published on flow.flow_month = published.flow_month
        where published.flow_month is null or not ({same})
        order by flow.flow_month
    """


def _revisions() -> str:
    """Return the SQL that compares each month's first publication with the mart."""
    pairs = " union all ".join(
        f"select flow_month, '{name}' as figure, {name} as value_now from now_"
        for name in FIGURES
    )
    firsts = " union all ".join(
        f"select flow_month, '{name}' as figure, {name} as first_value, published_at, "
        "data_through, n_publications from first_"
        for name in FIGURES
    )
    return f"""
        insert into marts.{REVISIONS}
        with now_ as (select * from marts.by_name_flow),
        first_ as (
            select
                *,
                count(*) over (partition by flow_month) as n_publications
            from marts.{PUBLICATIONS}
            qualify publication_number = 1
        ),
        present as ({pairs}),
        past as ({firsts})
        select
            past.flow_month,
            past.figure,
            past.first_value,
            past.published_at,
            past.data_through,
            present.value_now,
            present.value_now - past.first_value,
            past.n_publications,
            (select max(data_through) from now_)
        from past
        left join present
            on past.flow_month = present.flow_month and past.figure = present.figure
        order by past.flow_month, past.figure
    """
