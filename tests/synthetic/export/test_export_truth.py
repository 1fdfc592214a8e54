"""What is true arrives: each report once, each record, nothing twice."""

import csv

import numpy as np
import pytest

from dagster_project.synthetic.codes import SYSTEMS, TEAMS
from dagster_project.synthetic.export import hmis_columns
from tests.synthetic.export import delivered as read


def _reports(world, system):
    city = world.city
    return np.flatnonzero(city.reports.system == SYSTEMS.index(system))


def test_every_outreach_report_is_one_living_situation(delivered):
    live = read.hmis_live(
        delivered.landing, "CurrentLivingSituation", "CurrentLivingSitID"
    )
    ids = delivered.city.reports.report[_reports(delivered, "hmis")]
    assert sorted(live) == sorted(f"L{number}" for number in ids.tolist())


def test_outreach_rows_hang_on_live_clients_and_enrolments(delivered):
    clients = read.hmis_live(delivered.landing, "Client", "PersonalID")
    enrolments = read.hmis_live(delivered.landing, "Enrollment", "EnrollmentID")
    for file, key in (
        ("CurrentLivingSituation", "CurrentLivingSitID"),
        ("Event", "EventID"),
        ("Exit", "ExitID"),
        ("Services", "ServicesID"),
    ):
        for row in read.hmis_live(delivered.landing, file, key).values():
            assert row["PersonalID"] in clients, (file, row)
            assert row["EnrollmentID"] in enrolments, (file, row)


def test_merged_and_deleted_clients_are_gone(delivered):
    clients = read.hmis_live(delivered.landing, "Client", "PersonalID")
    records = delivered.records
    hmis = records.system == SYSTEMS.index("hmis")
    gone = (records.merged_into >= 0) | (records.deleted_day >= 0)
    assert sorted(clients) == sorted(records.source_record_id[hmis & ~gone])


def test_every_stay_is_enrolled(delivered):
    enrolments = read.hmis_live(delivered.landing, "Enrollment", "EnrollmentID")
    stays = [key for key in enrolments if key.startswith("S")]
    assert sorted(stays) == sorted(f"S{n}" for n in delivered.city.stays.stay.tolist())
    exits = read.hmis_live(delivered.landing, "Exit", "EnrollmentID")
    ended = delivered.city.stays.exit_day >= 0
    assert sum(key.startswith("S") for key in exits) == ended.sum()


def test_every_ambulance_report_arrives_once(delivered):
    found = read.reports(delivered.landing)
    live = {
        key
        for key, pcr in found.items()
        if read.text(pcr, "eDisposition.27") != "4227011"
    }
    rows = delivered.records.record_of_report[_reports(delivered, "epcr")]
    assert live == set(delivered.records.source_record_id[rows])


def test_every_dph_report_is_one_encounter(delivered):
    live = read.resources(delivered.landing, "Encounter")
    right = [k for k, row in live.items() if row["status"] != "entered-in-error"]
    ids = delivered.city.reports.report[_reports(delivered, "fhir")]
    assert sorted(right) == sorted(f"enc-{number}" for number in ids.tolist())


def test_every_logged_contact_is_one_row(delivered):
    live = {}
    for path in sorted((delivered.landing / "dem").glob("team_log_*.csv")):
        for row in read.csv_rows(path):
            live[row["ContactID"]] = row
    met = {
        k
        for k, row in live.items()
        if row["IsDeleted"] == "false" and row["ContactMade"] == "Yes"
    }
    rows = delivered.records.record_of_report[_reports(delivered, "team_log")]
    assert met == set(delivered.records.source_record_id[rows])
    assert all(row["Team"] in TEAMS for row in live.values())


def test_a_hand_off_is_written_at_the_contact_whatever_came_of_it(delivered):
    """The first version of each entry has it, and no later one changes it."""
    told: dict[str, set[bool]] = {}
    for path in sorted((delivered.landing / "dem").glob("team_log_*.csv")):
        for row in read.csv_rows(path):
            warm = row["ReferredTo"] == "Warm hand-off: MOUD"
            told.setdefault(row["ContactID"], set()).add(warm)
    reports = _reports(delivered, "team_log")
    city = delivered.city
    at = np.searchsorted(city.contacts.contact, city.reports.contact[reports])
    entries = delivered.records.source_record_id[
        delivered.records.record_of_report[reports]
    ]
    handed = dict(zip(entries, city.contacts.hand_off[at].tolist(), strict=True))
    assert any(handed.values())
    assert {key: told[key] for key in handed} == {k: {v} for k, v in handed.items()}


def test_corrections_show_from_their_day_on(delivered):
    row = int(np.flatnonzero(delivered.records.system == 0)[0])
    who = delivered.records.source_record_id[row]
    names = [
        client["FirstName"]
        for _, tables in read.hmis_exports(delivered.landing)
        for client in tables["Client"]
        if client["PersonalID"] == who
    ]
    order = ["Jose", "Josef", delivered.records.first[row]]
    assert list(dict.fromkeys(names)) == order


def test_profiles_taken_apart_come_back(delivered):
    row = int(delivered.corrections.row[2])
    who = delivered.records.source_record_id[row]
    seen = [
        client["DateDeleted"][:10]
        for _, tables in read.hmis_exports(delivered.landing)
        for client in tables["Client"]
        if client["PersonalID"] == who
    ]
    assert "2025-02-24" in seen, seen
    assert seen[0] == "" and seen[-1] == ""


def test_a_delta_holds_only_changed_rows(delivered):
    before = ""
    for directive, tables in read.hmis_exports(delivered.landing):
        now = tables["Export"][0]["ExportDate"]
        if directive == "1":
            for file in ("Client", "Enrollment", "Event"):
                for row in tables[file]:
                    assert before < row["DateUpdated"] <= now, (file, row)
        before = now


@pytest.mark.parametrize("file", sorted(hmis_columns.FILES))
@pytest.mark.parametrize("year", [2024, 2026])
def test_hmis_headers_are_the_official_ones(shared_domain, file, year):
    path = shared_domain / "hmis" / "hmis_csv_columns_fy2024_fy2026.csv"
    position = f"position_fy{year}"
    with path.open(newline="") as rows:
        official = [
            (int(row[position]), row["column"])
            for row in csv.DictReader(rows)
            if row["file"] == f"{file}.csv" and row[position]
        ]
    assert hmis_columns.columns(file, year) == [name for _, name in sorted(official)]


def test_written_headers_follow_the_year(delivered):
    for _, tables in read.hmis_exports(delivered.landing):
        version = tables["Export"][0]["CSVVersion"]
        for file, rows in tables.items():
            if rows and file != "Export":
                assert list(rows[0]) == hmis_columns.columns(file, int(version[:4]))
