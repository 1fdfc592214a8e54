"""The agreement says what is wrong with it, where, and what to do."""

import re

import pytest

from dagster_project.departments.feeds import FEEDS
from dagster_project.governance.in_force import checked
from dagster_project.governance.read import AgreementRefused
from tests.governance.conftest import OURS

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
    "tabs": ([("  mayor: {", "\tmayor: {")], "put spaces in the place of its tabs"),
    "merged keys": (
        [("  dem: {short", "  dem: {<<: {a: b}, short")],
        "merging (<<) is not allowed",
    ),
    "tag": ([("title: Analyst", "title: !!binary Analyst")], "is not allowed"),
    "unseen character": (
        [("title: Analyst", "title: Ana\u200blyst")],
        "U+200B cannot be seen",
    ),
    "shown in another order": (
        [("title: Analyst", "title: \u202eAnalyst")],
        "U+202E cannot be seen",
    ),
    "octal": ([("minimum: 11", "minimum: 020")], "020 is no whole number"),
    "minutes": ([("minimum: 11", "minimum: 1:30")], "1:30 is no whole number"),
    "fraction": ([("minimum: 11", "minimum: 20.0")], "20.0 is no whole number"),
    "number as text": (
        [("minimum: 11", 'minimum: "11"')],
        "small_cell_minimum is '11'; it must be a whole number",
    ),
    "nothing": ([("minimum: 11", "minimum:")], "is empty; it must be a whole number"),
    "text as number": ([('version: "1.0"', "version: 1.0")], "a text between quotes"),
    "day of another form": (
        [("effective: 2023-07-01", "effective: 07/01/2023")],
        "it must be a day, as 2026-11-27",
    ),
    "moment for a day": (
        [("effective: 2023-07-01", "effective: 2023-07-01T00:00:00Z")],
        "it must be a day",
    ),
    "word for a list": (
        [(PHONE, PHONE.replace("[linkage, case_conference]", "linkage"))],
        "it must be a list between square brackets",
    ),
    "word for yes": (
        [("is_department: true", 'is_department: "yes"')],
        "it must be true or false",
    ),
    "party in capitals": (
        [("  dem: {short", "  DEM: {short")],
        "parties has the name 'DEM'; it must be a short name",
    ),
    "two clocks": (
        [
            (
                "raw: {days_after_last_contact: 1825",
                "raw: {days: 3, days_after_last_contact: 1",
            )
        ],
        "must hold one entry, and holds 2",
    ),
    "clock of no calendar": (
        [
            (
                "raw: {days_after_last_contact: 1825",
                "raw: {days_after_last_contact: 1825000",
            )
        ],
        "is greater than the maximum",
    ),
    "nested without end": (
        [("title: Analyst", "title: " + "[" * 3000 + "]" * 3000)],
        "nested deeper than any agreement",
    ),
    "law twice": (
        [("  - {law: CMIA,", "  - {law: HIPAA,")],
        "the law HIPAA stands here and above",
    ),
    "role named as a party": (
        [("  analyst:\n", "  hsh:\n")],
        "role hsh bears the name of a department",
    ),
    "role above the departments": (
        [("rows: opened, tiers", "rows: all, tiers")],
        "belongs to no department and sees rows: all",
    ),
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


@pytest.mark.parametrize(
    ("replaced", "line"),
    [
        (("  dem: {short", "  DEM: {short"), "DEM"),
        (("approvals:\n", "friends: []\napprovals:\n"), "friends"),
        (("title: Analyst", "title: Ana\u200blyst"), "lyst"),
        (("minimum: 11", "minimum: 020"), "minimum"),
    ],
)
def test_the_line_is_that_of_what_is_wrong(changed, replaced, line):
    path = changed(replaced)
    with pytest.raises(AgreementRefused) as refused:
        checked(path)
    (found,) = refused.value.findings
    assert line in path.read_text(encoding="utf-8").splitlines()[found.line - 1]


def test_a_file_that_is_not_utf_8_names_the_line(tmp_path):
    path = tmp_path / "agreement.yaml"
    text = OURS.read_text(encoding="utf-8").replace("# A HOPWA", "# Zoë: HOPWA")
    path.write_bytes(text.encode("latin-1", "replace"))
    with pytest.raises(AgreementRefused, match="not UTF-8") as refused:
        checked(path)
    (found,) = refused.value.findings
    assert "HOPWA" in text.splitlines()[found.line - 1]


def test_a_byte_order_mark_and_other_line_ends_change_nothing(tmp_path):
    path = tmp_path / "agreement.yaml"
    text = OURS.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_text(text, encoding="utf-8-sig", newline="")
    assert checked(path).sha256 == checked(OURS).sha256


@pytest.mark.parametrize(
    ("feed", "until", "purpose"),
    [
        ("dem_team_log", "datasf_311", "analysis"),
        ("datasf_311", "shared", "analysis"),
        ("dem_team_log", "datasf_311", "linkage"),
        ("dph_fhir", "dem_cad", "case_conference"),
    ],
)
def test_a_feed_is_used_for_no_purpose_it_does_not_serve(
    tmp_path, feed, until, purpose
):
    text = OURS.read_text(encoding="utf-8")
    begins = text.index(f"\n  {feed}:\n")
    ends = text.index(f"\n{'' if until == 'shared' else '  '}{until}:\n", begins)
    other = {"analysis": "case_conference", "linkage": "case_conference"}
    part = re.sub(
        rf"\[([^]]*\b{purpose}\b[^]]*)\]",
        lambda found: (
            "["
            + ", ".join(
                dict.fromkeys(
                    other.get(purpose, "linkage") if name == purpose else name
                    for name in found[1].split(", ")
                )
            )
            + "]"
        ),
        text[begins:ends],
    )
    path = tmp_path / "agreement.yaml"
    path.write_text(text[:begins] + part + text[ends:], encoding="utf-8")
    with pytest.raises(AgreementRefused) as refused:
        checked(path)
    told = f"no column of {feed} may be used for {purpose}"
    (found,) = [f for f in refused.value.findings if told in f.sentence]
    line = path.read_text(encoding="utf-8").splitlines()[found.line - 1]
    assert line == f"  {feed}:"


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


def test_the_neighbourhoods_that_land_are_those_of_the_seed():
    seed = OURS.parent / "dbt_project" / "seeds" / "sf_neighborhood.csv"
    _, *names = seed.read_text(encoding="utf-8").splitlines()
    situation = checked(OURS).feeds["hsh_hmis"].tables["hsh_current_living_situation"]
    pattern = situation["LocationDetails"].matching
    assert pattern == f"^ *({'|'.join(names)}) *$"
