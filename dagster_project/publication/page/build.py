"""The page from an open warehouse.

Belongs here: which sections there are, in which order, and the head figures. Does not
belong here: a section's figures (``sections``), the frame around them (``frame``).
"""

from datetime import datetime

import duckdb

from dagster_project.publication.page.frame import Part, frame
from dagster_project.publication.page.rounding import NOTHING, count_shown
from dagster_project.publication.page.sections.by_name import by_name
from dagster_project.publication.page.sections.coordination import coordination
from dagster_project.publication.page.sections.departments import departments
from dagster_project.publication.page.sections.linking import linking
from dagster_project.publication.page.sections.outcomes import outcomes
from dagster_project.publication.page.sections.public import public
from dagster_project.publication.page.sections.quality import quality
from dagster_project.publication.page.sections.services import services
from dagster_project.publication.page.sections.silos import silos
from dagster_project.publication.page.sections.yearly import yearly
from dagster_project.publication.page.source import Source

SECTIONS = (
    ("services", "Services", services),
    ("departments", "Departments", departments),
    ("outcomes", "Outcomes", outcomes),
    ("yearly", "Yearly report", yearly),
    ("coordination", "Coordination", coordination),
    ("silos", "Cost of silos", silos),
    ("linking", "Can we link?", linking),
    ("by-name", "By-name list", by_name),
    ("public", "Public tables", public),
    ("quality", "Freshness", quality),
)
"""Id, name in the contents, and what makes it."""


def build_page(
    connection: duckdb.DuckDBPyConnection, *, run_id: str, made_at: datetime
) -> str:
    """Return the report page of a warehouse.

    Args:
        connection: The warehouse after a run; only ``marts`` is read.
        run_id: The run that makes the page, as it is printed.
        made_at: The run's clock, UTC.

    Raises:
        NotDescribedError: A table of the page is missing or says not what it means.
    """
    source = Source(connection, run_id)
    (data_through,) = connection.execute(
        "select min(data_through) from marts.feed_freshness where carries_clients"
    ).fetchone()
    return frame(
        [Part(anchor, name, make(source)) for anchor, name, make in SECTIONS],
        facts=_facts(source),
        data_through=str(data_through or NOTHING),
        run_id=run_id,
        made_on=f"{made_at:%Y-%m-%d}",
    )


def _facts(source: Source) -> list[tuple[str, str]]:
    """Return the head figures, rounded as all others."""
    (row,) = source.rows(
        "select (select count(*) from marts.people) as people, "
        "(select count(*) from marts.people where n_departments > 1) as shared, "
        "(select count(*) from marts.contacts where is_contact_made) as contacts, "
        "(select count(*) from marts.contacts where is_contact_made and not is_linked) "
        "as unlinked, "
        "(select count(*) from marts.offers where is_offer) as offers, "
        "(select sum(n_deliveries) from marts.feed_freshness) as deliveries"
    )
    return [
        ("People known", count_shown(row["people"])),
        ("Known to several departments", count_shown(row["shared"])),
        ("Contacts made", count_shown(row["contacts"])),
        ("Contacts with nobody known", count_shown(row["unlinked"])),
        ("Offers", count_shown(row["offers"])),
        ("Deliveries taken", f"{row['deliveries'] or 0:,.0f}"),
    ]
