"""Ids that two files of an HMIS export write in two ways."""

import pytest

from dagster_project.departments.errors import Refused

from .made_up_deliveries import hmis_files, read


def spelled(files: dict[str, bytes], file: str, old: str, new: str) -> dict[str, bytes]:
    """Return an export in one file of which an id is written otherwise."""
    changed = files[file].replace(old.encode(), new.encode())
    assert changed != files[file]
    return files | {file: changed}


@pytest.mark.parametrize(
    ("file", "old", "new", "column"),
    [
        ("Enrollment.csv", ",C1,", ",00C1,", "PersonalID"),
        ("Client.csv", "C1,", "c1,", "PersonalID"),
        ("Services.csv", ",NC1,", ",{NC1},", "EnrollmentID"),
        ("Enrollment.csv", ",P2,", ",0P2,", "ProjectID"),
        ("Project.csv", ",O2,", ",o2,", "OrganizationID"),
    ],
)
def test_an_export_that_writes_one_id_in_two_ways_is_refused(file, old, new, column):
    files = spelled(hmis_files(), file, old, new)
    with pytest.raises(Refused) as refused:
        read("hsh_hmis", files)
    assert (refused.value.rule, refused.value.column) == ("ids_differ", column)


@pytest.mark.parametrize("new", [",C1.0,", ", C1 ,", ",C1.00,"])
def test_an_id_that_became_a_decimal_number_is_the_id_it_was(new):
    _, rows, held, _, _ = read(
        "hsh_hmis", spelled(hmis_files(), "Services.csv", ",C1,", new)
    )
    assert not held
    assert {row["PersonalID"] for row in rows["hsh_services"]} == {"C1", "C3"}


def test_the_door_for_victim_services_knows_a_decimal_number_too():
    files = spelled(hmis_files(), "Enrollment.csv", ",P2,", ",P2.0,")
    assert read("hsh_hmis", files)[1] == read("hsh_hmis", hmis_files())[1]


def test_an_id_that_nobody_describes_is_no_fault_of_spelling():
    files = spelled(hmis_files(), "Services.csv", ",NC1,", ",NC9,")
    assert len(read("hsh_hmis", files)[1]["hsh_services"]) == 2


@pytest.mark.parametrize("text", ["NULL", "\\N", "11/02/2025", "0"])
def test_a_deletion_that_is_no_time_deletes_nobody(text):
    files = hmis_files(
        Client=[
            {"PersonalID": "C1", "FirstName": "Zoë", "DateDeleted": text},
            {"PersonalID": "C4", "DateDeleted": "2025-05-01 10:00:00"},
        ]
    )
    _, rows, held, _, _ = read("hsh_hmis", files)
    assert [(row.column, row.rule) for row in held] == [("DateDeleted", "bad_time")]
    assert [row["PersonalID"] for row in rows["hsh_client"]] == ["C4"]


@pytest.mark.parametrize(("enrolled", "described"), [(5, 0), (20, 9), (400, 30)])
def test_a_full_refresh_without_its_clients_is_refused(enrolled, described):
    stay = {"ProjectID": "P1", "EntryDate": "2025-02-03"}
    files = hmis_files(
        Client=[{"PersonalID": f"C{n}"} for n in range(described)],
        Enrollment=[
            {"EnrollmentID": f"N{n}", "PersonalID": f"C{n}", **stay}
            for n in range(enrolled)
        ],
    )
    with pytest.raises(Refused) as refused:
        read("hsh_hmis", files)
    assert refused.value.rule == "clients_missing"
    assert refused.value.member == "Client.csv"
    assert f"lacks {enrolled - described}," in refused.value.reason


def test_a_delta_may_name_a_client_who_did_not_change():
    files = hmis_files(Client=[])
    files = spelled(files, "Export.csv", ",3,2,1,", ",3,1,1,")
    assert len(read("hsh_hmis", files)[1]["hsh_enrollment"]) == 4
