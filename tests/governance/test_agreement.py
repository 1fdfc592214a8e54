"""The agreement says what is wrong with it, where, and what to do."""

from datetime import date

import pytest

from dagster_project.departments.feeds import FEEDS
from dagster_project.governance.approve import CannotApproveError, approve
from dagster_project.governance.in_force import checked, in_force
from dagster_project.governance.read import AgreementRefused
from tests.governance.conftest import DAY, OURS

PHONE = "Phone: {class: direct, land: keep, purposes: [linkage, case_conference]}"
HIV = "HOPWAMedAssistedLivingFac: {class: hiv, land: drop}"
VETERAN = (
    "VeteranStatus:\n"
    "          {class: sensitive, land: keep, purposes: [case_conference, analysis]}"
)
CONTACT_ID = (
    "ContactID: {class: direct, land: keep, purposes: [linkage, case_conference]}"
)
ANALYST = "{title: Analyst, purposes: [analysis], rows: none, tiers: [marts, public]}"

WRONG = {
    "unknown purpose": (
        [(PHONE, PHONE.replace("linkage", "marketing"))],
        "has the unknown purpose 'marketing'",
    ),
    "unknown party": (
        [(PHONE, PHONE.replace("]}", "], withhold_from: [police]}"))],
        "is withheld from 'police', which is no party",
    ),
    "own data withheld": (
        [(PHONE, PHONE.replace("]}", "], withhold_from: [dem]}"))],
        "is withheld from dem, whose own data it is",
    ),
    "unknown column": ([(PHONE, "Fone" + PHONE[5:])], "has no column 'Fone'"),
    "unknown table": (
        [("      hsh_exit:", "      hsh_exits:")],
        "no table 'hsh_exits'",
    ),
    "unknown feed": (
        [("  fire_calls:", "  fire_kalls:")],
        "delivers feed 'fire_kalls'",
    ),
    "kept without purpose": (
        [(VETERAN, "VeteranStatus: {class: sensitive, land: keep}")],
        "lands and serves no purpose",
    ),
    "dropped with purpose": (
        [(PHONE, PHONE.replace("keep", "drop"))],
        "is dropped and has purposes",
    ),
    "key dropped": (
        [(CONTACT_ID, "ContactID: {class: direct, land: drop}")],
        "must land",
    ),
    "direct identifier analysed": (
        [(PHONE, PHONE.replace("linkage", "analysis"))],
        "names clients, which analysis may not see",
    ),
    "HIV kept": (
        [(HIV, HIV.replace("drop", "keep, purposes: [case_conference]"))],
        "is about HIV",
    ),
    "Part 2 without consent": (
        [(", consent: part2}", "}")],
        "is a Part 2 record without a consent rule",
    ),
    "Part 2 with silence for consent": (
        [("when_silent: refused", "when_silent: permitted")],
        "must say when_silent: refused",
    ),
    "sensitive column published": (
        [(VETERAN, VETERAN.replace("analysis", "public_report"))],
        "may not be published",
    ),
    "expired before effective": (
        [("expires: 2028-06-30", "expires: 2023-06-30")],
        "before it takes effect",
    ),
    "no such day": ([("expires: 2028-06-30", "expires: 2028-06-31")], "calendar"),
    "role without purpose": (
        [(ANALYST, ANALYST.replace("[analysis]", "[]"))],
        "sees marts for no purpose",
    ),
    "analyst reads identifiers": (
        [(ANALYST, ANALYST.replace("[marts", "[identified, marts"))],
        "none of its purposes may",
    ),
    "clients' rows without their tier": (
        [(ANALYST, ANALYST.replace("rows: none", "rows: all"))],
        "which lie in tier identified",
    ),
    "retention of nothing": (
        [("  audit: {days: 2555}\n", "")],
        "nothing of tier audit",
    ),
    "reads kept from a contact on": (
        [("  audit: {days: 2555}", "  audit: {days_after_last_contact: 2555}")],
        "the audit log speaks of readers",
    ),
    "figures kept from a contact on": (
        [("  public: {days: 3650}", "  public: {days_after_last_contact: 3650}")],
        "since the release",
    ),
    "clients' rows that no contact prolongs": (
        [("  raw: {days_after_last_contact: 1825}", "  raw: {days: 1825}")],
        "tier raw holds clients' rows",
    ),
    "direct identifier in a mart": (
        [("        age_band: {class: quasi", "        age_band: {class: direct")],
        "tier marts may not hold it",
    ),
    "DUL under nothing": (
        [("under: dsa-2023-client-records", "under: dsa-2022")],
        "must stand under the DSA",
    ),
    "key twice": (
        [("  small_cell_minimum: 11", "  small_cell_minimum: 11\n  title: Again")],
        "'title' stands here and on line",
    ),
    "smaller cells than anybody may show": (
        [("small_cell_minimum: 11", "small_cell_minimum: 10")],
        "10 is less than the minimum of 11",
    ),
    "misspelt setting": (
        [(PHONE, PHONE.replace("land:", "lands:"))],
        "has lands, which nothing reads",
    ),
    "unknown class": ([(PHONE, PHONE.replace("direct", "secret"))], "must be one of"),
    "not YAML": ([("parties:\n", "parties: [\n")], "not YAML"),
}


@pytest.mark.parametrize(("replaced", "told"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_told_with_its_line(changed, replaced, told):
    path = changed(*replaced)
    with pytest.raises(AgreementRefused) as refused:
        checked(path)
    found = [f for f in refused.value.findings if told in f.sentence]
    assert found, str(refused.value)
    text = path.read_text(encoding="utf-8").splitlines()
    assert 1 <= found[0].line <= len(text)
    assert f"{path}:{found[0].line}: " in str(refused.value)


def test_the_line_is_that_of_the_column(changed):
    path = changed((PHONE, PHONE.replace("linkage", "marketing")))
    with pytest.raises(AgreementRefused) as refused:
        checked(path)
    line = path.read_text(encoding="utf-8").splitlines()[
        refused.value.findings[0].line - 1
    ]
    assert line.strip().startswith("Phone:")


def test_an_alias_is_refused(changed):
    path = changed(
        ("  dem: {short", "  dem: &one {short"),
        (
            "  datasf: {short: DataSF, name: DataSF, joined: 2023-07-01}",
            "  datasf: *one",
        ),
    )
    with pytest.raises(AgreementRefused, match="anchors"):
        checked(path)


def test_every_delivered_column_is_decided():
    agreement = checked(OURS)
    for feed in FEEDS:
        for table in feed.tables:
            agreed = agreement.feeds[feed.name].tables[table.name]
            assert set(table.columns) <= set(agreed), table.name


def test_the_agreement_in_the_repository_is_in_force():
    assert in_force(OURS, DAY).small_cell_minimum == 11


@pytest.mark.parametrize(
    ("day", "told"),
    [(date(2023, 6, 30), "takes effect on"), (date(2028, 7, 1), "it expired on")],
)
def test_outside_its_days_nobody_works_under_it(day, told):
    with pytest.raises(AgreementRefused, match=told):
        in_force(OURS, day)


def test_a_change_needs_two_fresh_approvals(changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 15"))
    with pytest.raises(AgreementRefused, match="nobody approved this content"):
        in_force(path, DAY)
    told = approve(path, by="Nguyễn Văn An", role="Director, DPH", on=DAY)
    assert "One more party must" in told
    with pytest.raises(AgreementRefused, match="Nguyễn Văn An"):
        in_force(path, DAY)
    with pytest.raises(CannotApproveError, match="another person"):
        approve(path, by="nguyễn văn an", role="Director", party="hsh", on=DAY)
    with pytest.raises(CannotApproveError, match="another party"):
        approve(path, by="Fatoumata Diallo", role="Counsel", party="dph", on=DAY)
    approve(path, by="Fatoumata Diallo", role="Counsel", party="hsh", on=DAY)
    assert in_force(path, DAY).small_cell_minimum == 15
    assert len(in_force(path, DAY).approvals) == 4


def test_comments_and_order_need_no_approval(changed):
    plain = checked(OURS).sha256
    path = changed(("agreement:\n", "# Said again.\nagreement:\n"))
    assert checked(path).sha256 == plain


def test_an_approver_speaks_for_a_party(changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 12"))
    with pytest.raises(CannotApproveError, match="no party"):
        approve(path, by="Oluwaseun Adé", role="Friend", on=DAY)


def test_the_neighbourhoods_that_land_are_those_of_the_seed():
    seed = OURS.parent / "dbt_project" / "seeds" / "sf_neighborhood.csv"
    _, *names = seed.read_text(encoding="utf-8").splitlines()
    situation = checked(OURS).feeds["hsh_hmis"].tables["hsh_current_living_situation"]
    pattern = situation["LocationDetails"].matching
    assert pattern == f"^ *({'|'.join(names)}) *$"
