"""The protocol is what the agreement says, and nobody edited it."""

from dagster_project.governance.in_force import checked
from dagster_project.governance.protocol import protocol
from tests.governance.conftest import OURS


def test_the_committed_protocol_is_what_the_agreement_says():
    committed = OURS.parent / "docs" / "protocol.md"
    assert committed.read_text(encoding="utf-8") == protocol(checked(OURS)), (
        "run 'throughline agreement protocol' and commit docs/protocol.md"
    )


def test_every_party_purpose_column_and_tier_is_in_it():
    agreement = checked(OURS)
    text = protocol(agreement)
    named = [party.short for party in agreement.parties.values()]
    named += [*agreement.purposes, *agreement.roles, *agreement.retention]
    named += [
        f"`{column}`"
        for feed in agreement.feeds.values()
        for columns in feed.tables.values()
        for column in columns
    ]
    assert not [name for name in named if name not in text]


def test_it_follows_the_agreement(changed):
    path = changed(("months: 12", "months: 6"))
    assert "homeless for 6 months" in protocol(checked(path))
