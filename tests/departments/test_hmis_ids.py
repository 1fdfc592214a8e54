"""Ids that two files of an HMIS export write in two ways."""

import pytest

from dagster_project.departments import ledger
from dagster_project.departments.errors import Refused

from .made_up_deliveries import hmis_files, put, read, zipped


def spelled(files: dict[str, bytes], file: str, old: str, new: str) -> dict[str, bytes]:
    """Return an export in one file of which an id is written otherwise."""
    changed = files[file].replace(old.encode(), new.encode())
    assert changed != files[file]
    return files | {file: changed}


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("Enrollment.csv", ",C1,", ",00C1,", [("hsh_enrollment", "PersonalID")]),
        ("Services.csv", ",NC1,", ",{NC1},", [("hsh_services", "EnrollmentID")]),
        (
            "Enrollment.csv",
            "NC1,C1,P1,",
            "NC1,C1,0p1,",
            [("hsh_enrollment", "ProjectID")],
        ),
        (
            "Client.csv",
            "C1,",
            "c1,",
            [("hsh_enrollment", "PersonalID"), ("hsh_services", "PersonalID")],
        ),
    ],
)
def test_a_row_whose_id_is_written_otherwise_waits_and_the_others_enter(
    file, old, new, told
):
    plain = read("hsh_hmis", hmis_files())[1]
    _, rows, held, _, _ = read("hsh_hmis", spelled(hmis_files(), file, old, new))
    assert [(row.table, row.column) for row in held] == told
    assert {row.rule for row in held} == {"ids_differ"}
    assert "zeros in front, capitals or brackets differ" in held[0].reason
    for table, entered in rows.items():
        waiting = sum(row.table == table for row in held)
        assert len(entered) == len(plain[table]) - waiting


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("Enrollment.csv", ",P2,", ",0P2,"),
        ("Enrollment.csv", ",P2,", ",{p2},"),
        ("Enrollment.csv", ",P2,", ",P\x072,"),
        ("Services.csv", ",NC2,", ",00nc2,"),
        ("Client.csv", "C2,", "0c2,"),
    ],
)
def test_a_victims_row_stays_outside_however_its_id_is_written(file, old, new):
    files = spelled(hmis_files(), file, old, new)
    _, rows, held, left_out, _ = read("hsh_hmis", files)
    plain, _, counted = read("hsh_hmis", hmis_files())[1:4]
    assert (rows, held, left_out) == (plain, [], counted)


@pytest.mark.parametrize("project", ["P2", "0P2", "p2"])
def test_a_later_delta_lets_no_victims_row_in_by_another_spelling(project):
    withheld = read("hsh_hmis", hmis_files())[4]
    stay = {"EnrollmentID": "N77", "PersonalID": "C77", "EntryDate": "2025-06-01"}
    named = {"PersonalID": "C77", "FirstName": "Thandiwe"}
    nobody = {"Organization": [], "Project": [], "Services": []}
    files = hmis_files(
        Enrollment=[stay | {"ProjectID": project}], Client=[named], **nobody
    )
    files = spelled(files, "Export.csv", ",3,2,1,", ",3,1,1,")
    _, rows, held, left_out, _ = read("hsh_hmis", files, withheld=withheld)
    assert not rows.get("hsh_client") and not rows.get("hsh_enrollment")
    assert (held, left_out["victim_service_provider"]) == ([], 2)


def test_two_ids_that_are_both_described_are_two():
    files = hmis_files()
    files |= spelled(files, "Client.csv", "C5,", "c1,")
    files |= spelled(files, "Enrollment.csv", "NC5,C5,", "NC5,c1,")
    _, rows, held, _, _ = read("hsh_hmis", files)
    found = {(r["EnrollmentID"], r["PersonalID"]) for r in rows["hsh_enrollment"]}
    assert {("NC1", "C1"), ("NC5", "c1")} < found
    assert not held


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [("Project.csv", ",O1,", ",o1,"), ("Organization.csv", "O2,", "O\x072,")],
)
def test_an_organisation_written_in_two_ways_leaves_all_outside(file, old, new):
    files = spelled(hmis_files(), file, old, new)
    with pytest.raises(Refused, match="serves victims") as refused:
        read("hsh_hmis", files)
    told = refused.value
    assert (told.rule, told.column) == ("ids_differ", "OrganizationID")


def test_a_file_that_writes_every_id_otherwise_is_refused(warehouse, landing_dir):
    stay = {"ProjectID": "P1", "EntryDate": "2025-02-03"}
    files = hmis_files(
        Client=[{"PersonalID": str(n)} for n in range(100, 130)],
        Enrollment=[
            {"EnrollmentID": f"N{n}", "PersonalID": f"{n:06}", **stay}
            for n in range(100, 130)
        ],
    )
    put(landing_dir, "hsh", "hmis_20250701.zip", zipped(files))
    (outcome,) = ledger.take_all(warehouse, landing_dir)
    assert outcome.status == "quarantined"
    assert "PersonalID is not written as in Client.csv" in outcome.reason
    assert "[most_rows_bad]" in outcome.reason or "[every_row_bad]" in outcome.reason
    assert not warehouse.sql("select * from raw.hsh_client").fetchall()


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
