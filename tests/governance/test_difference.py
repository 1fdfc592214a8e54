"""A new version is told in words a signatory understands."""

import pytest

from dagster_project.governance.difference import difference
from dagster_project.governance.in_force import checked
from tests.governance.conftest import OURS

FIELD = "{class: direct, land: keep, purposes: [linkage, case_conference]}"
SHARED = "{class: direct, purposes: [linkage, case_conference]}"

CHANGES = {
    "withheld from a party": (
        f"epatient_18: {FIELD}",
        f"epatient_18: {FIELD[:-1]}, withhold_from: [hsh]}}",
        ("Columns", "- HSH loses epatient_18 of fire_epcr."),
    ),
    "given back to a party": (
        f"phone: {SHARED[:-1]}, withhold_from: [fire]}}",
        f"phone: {SHARED}",
        ("Columns", "+ Fire gains phone of identified.client_records."),
    ),
    "dropped at the door": (
        f"Phone: {FIELD}",
        "Phone: {class: direct, land: drop}",
        ("Columns", "- Everybody loses Phone of dem_team_log: it is dropped at the"),
    ),
    "used for less": (
        f"Alias: {FIELD}",
        "Alias: {class: direct, land: keep, purposes: [linkage]}",
        ("Columns", "- Alias of dem_team_log may no longer be used for case_conf"),
    ),
    "lands from now on": (
        "eresponse_13: {class: none, land: drop}",
        "eresponse_13: {class: none, land: keep, purposes: [analysis]}",
        ("Columns", "+ eresponse_13 of fire_epcr lands from now on, for analysis."),
    ),
    "kept longer": (
        "audit: {days: 2555}",
        "audit: {days: 3000}",
        ("Retention", "+ Tier audit is kept 3000 days, not 2555 days."),
    ),
    "larger cells only": (
        "small_cell_minimum: 11",
        "small_cell_minimum: 20",
        ("Dates and limits", "- The smallest count shown outside is 20, not 11."),
    ),
    "a party leaves": (
        "  dt: {short: DT, name: Department of Technology, joined: 2023-07-01}\n",
        "",
        ("Parties", "- DT is no party any more."),
    ),
    "a role gains a tier": (
        "purposes: [], rows: none, tiers: [audit, public]",
        "purposes: [], rows: none, tiers: [audit]",
        ("Roles", "- Role privacy_officer loses tiers public."),
    ),
    "an identifier for a purpose": (
        "dul: dul-analysis, identifiers: false",
        "dul: dul-analysis, identifiers: true",
        ("Purposes", "+ analysis may see what names a client."),
    ),
    "a feed bound to a consent": (
        "    consent: hmis_roi\n",
        "",
        ("Consent", "+ All rows of hsh_hmis are unbound."),
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_told_in_words(changed, old, new, told):
    found = difference(checked(OURS), checked(changed((old, new))))
    heading, sentence = told
    assert list(found) == [heading]
    assert len(found[heading]) == 1
    assert found[heading][0].startswith(sentence)


def test_columns_that_change_alike_stand_together(changed):
    path = changed(
        (f"FirstName: {FIELD}", "FirstName: {class: direct, land: drop}"),
        (f"LastName: {FIELD}", "LastName: {class: direct, land: drop}"),
    )
    told = difference(checked(OURS), checked(path))["Columns"]
    assert told == [
        "- Everybody loses FirstName and LastName of hsh_client: "
        "it is dropped at the door."
    ]


def test_no_change_is_told_as_none(changed):
    assert difference(checked(OURS), checked(changed())) == {}
