"""Data quality and freshness: who delivered when, and what could not be used.

Belongs here: figures of deliveries and of contacts without a person. Does not belong
here: a row that was refused, or its text (``throughline deliveries``).
"""

from dagster_project.publication.page.described import describe
from dagster_project.publication.page.parts import Figure, Table, figure, section
from dagster_project.publication.page.rounding import NOTHING, count_shown
from dagster_project.publication.page.source import Source, words

TITLE = "How fresh and how whole is the data?"
COLUMNS = {
    "feed": "feed",
    "data_through": "covered to",
    "newest_extracted_at": "newest delivery",
    "n_deliveries": "deliveries",
    "n_deliveries_refused": "refused whole",
    "n_deliveries_with_manifest": "with manifest",
    "n_rows": "rows",
    "n_rows_held": "rows held back",
}


def quality(source: Source) -> str:
    """Return the section: feeds with their dates and what was held back."""
    rows = source.rows("select * from marts.feed_freshness order by department, feed")
    reached = [
        row["data_through"]
        for row in rows
        if row["carries_clients"] and row["data_through"]
    ]
    fresh = figure(
        Figure(
            anchor="feed-freshness",
            title="What each feed delivered, and how far it reaches",
            described=[describe(source.connection, "feed_freshness")],
            basis=source.basis(
                sum(row["n_rows"] for row in rows), "rows", min(reached, default=None)
            ),
            table=Table(
                caption="Feeds. Deliveries are counted as they are; they are files.",
                columns=COLUMNS,
                rows=[_row(row) for row in rows],
            ),
        )
    )
    return section(
        "quality",
        TITLE,
        "No figure is better than what was delivered. A measure is judged up to the "
        "day that every feed with clients covers.",
        fresh,
    )


def _row(row: dict) -> list[str]:
    newest = row["newest_extracted_at"]
    return [
        f"{row['department']} · {words(row['feed'])}",
        str(row["data_through"] or NOTHING),
        f"{newest:%Y-%m-%d}" if newest else NOTHING,
        f"{row['n_deliveries']:,}",
        f"{row['n_deliveries_refused']:,}",
        f"{row['n_deliveries_with_manifest']:,}",
        count_shown(row["n_rows"]),
        count_shown(row["n_rows_held"]),
    ]
