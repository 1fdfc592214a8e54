"""What a run does with every feed, and whether the feed may be used so.

Belongs here: uses that no column can be kept out of, each with the purpose it needs.
Does not belong here: what is agreed about single columns (``meaning``).

Linkage and the marts are built of all feeds at once. A feed that no longer serves one
of these purposes would be used all the same; so such an agreement is refused, and never
half kept. Of single columns the marts know no purpose: what may not be measured any
more must not land, or its column must leave the shared tables.
"""

from collections.abc import Iterator

from dagster_project.governance.agreement import Agreement, FeedTerms

MEASURED = "analysis"
OF_CLIENTS = {
    "linkage": "its client records are compared with all others",
    "case_conference": "its client records are shown to those who serve the client",
}
"""What is done with a feed that names clients: purpose to the use."""


def unagreed_uses(agreement: Agreement) -> Iterator[tuple[str, str]]:
    """Yield each feed that would be used for what it may not, with a sentence."""
    for name, feed in agreement.feeds.items():
        landing = [
            f for table in feed.tables.values() for f in table.values() if f.lands
        ]
        served = {purpose for field in landing for purpose in field.purposes}
        if agreement.shared.get("marts") and MEASURED not in served:
            why = "every mart is built of all feeds"
            yield name, _sentence(feed, MEASURED, why)
        if not any(field.klass == "direct" for field in landing):
            continue
        for purpose, why in OF_CLIENTS.items():
            is_shown = purpose == "linkage" or agreement.shared.get("identified")
            if is_shown and purpose not in served:
                yield name, _sentence(feed, purpose, why)


def _sentence(feed: FeedTerms, purpose: str, why: str) -> str:
    return (
        f"no column of {feed.name} may be used for {purpose}, but {why}, and a run "
        "cannot leave one out: name the columns that may"
    )
