"""A street of invented people, delivered in every department's real format.

Belongs here: the files, each with the messy reality it carries (its number in the
requirements stands beside it). Does not belong here: what must come of them.
"""

import json
from pathlib import Path

from dagster_project.departments import team_log_columns
from tests.departments.made_up_deliveries import (
    call,
    csv_bytes,
    epcr,
    fhir_files,
    hmis_files,
    put,
    report,
    zipped,
)

SECRET = "ZANZIBAR"
"""Stands in every free-text note (37): it may be in no mart."""
FULL, PERIOD, DELTA, MERGED, PARTED = (
    "hmis_20250701T040000.zip",
    "hmis_20250901T040000.zip",
    "hmis_20251101T040000.zip",
    "hmis_20260101T040000.zip",
    "hmis_20260301T040000.zip",
)


def person(key: str, first: str, last: str, dob: str = "", **more: str) -> dict:
    told = {"NameDataQuality": "1", "DOBDataQuality": "1", "SSNDataQuality": "1"}
    names = {"PersonalID": key, "FirstName": first, "LastName": last, "DOB": dob}
    return told | names | more


PEOPLE = [
    person("100", "Hạnh", "Nguyễn", "1975-01-01"),  # 4, 9
    person("101", "José", "de la Cruz", "1990-02-03", DOBDataQuality="2"),  # 9
    person("102", "Ivan", "Petrov", "1971-03-04", SSN="43218976"),  # 13: a lost zero
    person("103", "Ayşe", "Yılmaz", "1982-05-06", SSN="xxxxx1234"),  # 13
    person("105", "Fatima", "Ali", "1988-08-08", NameDataQuality="9")
    | {"DOBDataQuality": "99", "SSN": "750112222", "SSNDataQuality": "8"},  # 15
    person("106", "Kwame", "Mensah", "1900-01-01"),  # 10
    person("107", "Ada", "Obi", "1753-01-01"),  # 10
    person("108", "Luca", "Rossi", "13/25/1980"),  # 11
    person("109", "Mei", "Lin", "4/8/1979"),  # 11
    person("201", "Tomasz", "Nowak", "1966-02-02"),  # 17: the survivor
    person("301", "Noor", "Haddad", "1977-07-07"),  # 20: kept by delta and period
    person("400", "Rosa", "Flores", "1985-01-09"),  # 29: a mother
    person("401", "Luz", "Flores", "2015-03-03"),  # 29: her child
    person("500", "Kai", "Kahale", "1993-09-09", Woman="1"),  # 30
    person("900", "Test", "Client", "1999-09-09"),  # 38
    person("901", "Zztest", "Zztest", "1999-09-09"),  # 38
    person("999", "Sigrun", "Dahl", "1990-10-10"),  # 33: a victim service's client
]
OLD = person("200", "Tomek", "Nowak", "1966-02-02")  # 17: merged away, then parted
GONE = person("300", "Lars", "Berg", "1950-05-05")  # 20: absent from a full refresh
DELETED = person("302", "Sina", "Amiri", "1991-01-11")  # 21: DateDeleted
ORGANIZATIONS = {"O1": "0", "O2": "1"}
HOUSEHOLD = {"400": ("H4", "1"), "401": ("H4", "2")}  # 29


def enrolment(person: dict, **more: str) -> dict:
    key = person["PersonalID"]
    where = "P2" if key == "999" else "P1"
    told = {"EnrollmentID": f"E{key}", "PersonalID": key, "ProjectID": where}
    home, place = HOUSEHOLD.get(key, (f"H{key}", "1"))
    told |= {"HouseholdID": home, "RelationshipToHoH": place}
    return told | {"EntryDate": "2025-02-03"} | more


def situation(key: str) -> dict:
    told = {"CurrentLivingSitID": f"L{key}", "EnrollmentID": f"E{key}"}
    told |= {"PersonalID": key, "InformationDate": "2025-02-04"}
    return told | {"LocationDetails": f"{SECRET} under the bridge"}


def export(at: str, directive: str, year: str = "2024", end: str = "2025-06-30"):
    told = {"ExportID": at, "ExportDate": f"{at} 20:00:00", "HashStatus": "1"}
    told |= {"ExportStartDate": "2024-01-01", "ExportEndDate": end}
    return [told | {"CSVVersion": f"{year} v1.0", "ExportDirective": directive}]


def hmis(people: list[dict], exported: list[dict], year: str = "FY2024", **tables):
    rows = {
        "Export": exported,
        "Organization": [
            {"OrganizationID": key, "VictimServiceProvider": flag}
            for key, flag in ORGANIZATIONS.items()
        ],
        "Project": [
            {"ProjectID": "P1", "OrganizationID": "O1", "ProjectType": "4"},
            {"ProjectID": "P2", "OrganizationID": "O2", "ProjectType": "4"},
        ],
        "Client": people,
        "Enrollment": [enrolment(p) for p in people],
        "CurrentLivingSituation": [situation(p["PersonalID"]) for p in people],
        "Services": [],
    }
    return zipped(hmis_files(year, **(rows | tables)))


def hmis_deliveries() -> dict[str, bytes]:
    everybody = [*PEOPLE, OLD, GONE, DELETED]
    rest = [p | {"Woman": "", "Sex": "1"} for p in PEOPLE]
    later = {"DateUpdated": "2025-12-01 09:00:00"}
    moved = [enrolment(p) for p in rest]
    moved += [enrolment(OLD, PersonalID="201") | later]  # 17: relinked
    end = "2025-12-31"
    changed = [DELETED | later | {"DateDeleted": "2025-10-30 10:00:00"}]
    changed += [person("500", "Kai", "Kahale", "1993-09-09", Sex="1") | later]
    head = enrolment(PEOPLE[12], RelationshipToHoH="1") | later
    delta = {"Enrollment": [head], "CurrentLivingSituation": []}  # 29
    return {
        FULL: hmis(everybody, export("2025-06-30", "2")),
        PERIOD: hmis([PEOPLE[0]], export("2025-08-31", "3")),
        DELTA: hmis(changed, export("2025-10-31", "1", "2026", end), "FY2026", **delta),
        MERGED: hmis(
            rest, export("2025-12-31", "2", "2026", end), "FY2026", Enrollment=moved
        ),
        PARTED: hmis(
            [*rest, OLD],
            export("2026-02-28", "2", "2026", "2026-02-27"),
            "FY2026",
            Enrollment=[
                enrolment(p, EntryDate="02/03/2025")  # 20: it came, and waits
                if p["PersonalID"] == "109"
                else enrolment(p)
                for p in [*rest, OLD]
            ],
        ),
    }


def told(tag: str, value: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}>{value}</{tag}>"


def met(number: int, last: str, first: str, sign: str = "SCRT 1", **more) -> str:
    """Return a patient care report; ``more`` are elements, '_' for '.'."""
    times = told("eTimes.07", more.pop("at", "2025-07-03T10:00:00-07:00"))
    names = told("ePatient.02", last) + told("ePatient.03", first)
    rest = "".join(told(tag.replace("_", "."), text) for tag, text in more.items())
    note = told("eNarrative.01", f"{SECRET} says the sister, Ngozi Eze")
    return report(number, times + names + told("eResponse.14", sign) + rest + note)


CARE = epcr(
    met(1, "Doe", "John"),  # 1
    met(2, "Unknown", "Male"),  # 1
    met(3, "TRAUMA", "Refused"),  # 1
    met(4, "Null", "Jennifer", ePatient_17="1980-02-03"),  # 2
    met(5, "Osei", "Yaw", ePatient_15="45", ePatient_16="2516009"),  # 12
    met(6, "Kahale", "Kai", "SORT 2", eResponse_03="251840001"),  # 35
    met(7, "Nobody", "There"),  # 21: void, see below
    met(9, "Silva-p7", "Maria", ePatient_17="1970-06-05"),  # 31: p7 had died
    met(8, "Ito", "Ken", at="2025-07-04T06:30:00Z", ePatient_22="2522001"),  # 25
)
VOID = epcr(met(7, "Nobody", "There", eDisposition_27="4227011"))

LOG = {"Team": "SORT", "ContactMade": "Yes", "IsDeleted": "false"}
LOG |= {"SystemModstamp": "2025-07-05T00:00:00Z", "Notes": f"{SECRET}: ask Ngozi Eze"}


def entry(number: int, **more: str) -> dict:
    return LOG | {"ContactID": f"a0X0000000000{number:02}AAA"} | more


LOCAL = [
    entry(1, EncounterDate="2024-11-03", EncounterTime="01:30"),  # 25: twice
    entry(2, EncounterDate="2025-03-09", EncounterTime="02:30"),  # 25: never
]
UTC = [
    {"EncounterDateTimeUTC": "2025-07-03T17:10:00Z"} | row
    for row in (
        entry(3, Alias="Ghost", IncidentNumber="251840001"),  # 3, 35
        entry(
            4,
            ServicesOffered="Detox;Hygiene",
            ServicesAccepted="MOUD",
            ServicesDeclined="Detox;Hygiene",
            EncounterDateTimeUTC="2025-07-06T17:10:00Z",
        ),  # 34
        entry(5, EncounterDateTimeUTC="2025-07-06T18:10:00Z"),
        entry(6, EncounterDateTimeUTC="2025-07-06T18:10:00Z", IsDeleted="true")
        | {"MasterRecordId": entry(5)["ContactID"]},  # 17, 21
        entry(7, IsDeleted="1"),  # 21
    )
]
CALLS = [
    call(1, call_last_updated_at="2025-07-06T23:30:00", disposition="GOA"),
    call(1, call_last_updated_at="2025-07-06T23:10:00", disposition=""),  # 22
    call(2, sensitive_call=True),  # 27
    call(4, intersection_name="BRYANT ST \\ SO VAN NESS AVE"),  # 26
    call(3, supervisor_district="3.0", dup_cad_number="251880001.0"),  # 28
    call(5, cad_number="001880005", dup_cad_number="0251880001"),  # 28
]
UNIT = {"received_dttm": "2025-07-06T23:10:00", "zipcode_of_incident": "94133.0"}
UNIT |= {"address": "South Van Ness Avenue/Bryant Street"}  # 26
UNITS = [
    UNIT | {"rowid": f"251880001-{unit}", "call_number": "251880001", "unit_id": unit}
    for unit in ("M12", "SCRT1")
]


def patient(key: str, at: str = "2025-07-01T00:00:00Z", **more: object) -> dict:
    name = [{"family": f"Silva-{key}", "given": ["Maria"]}]
    told = {"resourceType": "Patient", "id": key, "meta": {"lastUpdated": at}}
    return told | {"name": name, "birthDate": "1970-06-05"} | more


def visit(key: str, of: str, at: str = "2025-07-02", **more: object) -> dict:
    told = {"resourceType": "Encounter", "id": key, "status": "finished"}
    told |= {"class": {"code": "AMB"}, "meta": {"lastUpdated": "2025-07-03T00:00:00Z"}}
    told |= {"subject": {"reference": f"Patient/{of}"}, "period": {"start": at}}
    return told | more


def consent(key: str, of: str, kind: str, end: str) -> dict:
    told = {"resourceType": "Consent", "id": key, "status": "active"}
    told |= {"category": [{"coding": [{"code": "42CFRPart2"}]}]}
    period = {"start": "2025-01-01", "end": end}
    told |= {"provision": {"type": kind, "period": period}}
    return told | {"patient": {"reference": f"Patient/{of}"}}


def replaced_by(key: str) -> list[dict]:
    return [{"other": {"reference": f"Patient/{key}"}, "type": "replaced-by"}]


def deletion(*paths: str) -> dict:
    entries = [{"request": {"method": "DELETE", "url": path}} for path in paths]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


LATER, LAST = "2025-07-10T00:00:00Z", "2025-07-17T00:00:00Z"
CONSENTS = [
    consent("c4", "p4", "permit", "2025-06-01"),  # 32: expired
    consent("c5", "p5", "permit", "2030-01-01"),
    consent("c6", "p6", "permit", "2030-01-01"),
    consent("c6b", "p6b", "deny", "2030-01-01"),  # 32: denied in another profile
]
SEE_ALSO = [{"other": {"reference": "Patient/p1"}, "type": "seealso"}]
EVERYBODY = [patient(f"p{n}") for n in (1, 2, 3, 4, 5, 6)]
EVERYBODY += [
    patient("p6b", link=replaced_by("p6")),
    patient("p7", deceasedDateTime="2025-05-01"),  # 31
    patient("p8", link=SEE_ALSO),
]
VISITS = [visit("e3", "p3"), visit("e2", "p1"), visit("e7", "p7")]
FHIR = {
    "fhir_20250707T040000": fhir_files(
        "2025-07-07T04:00:00Z", Patient=EVERYBODY, Encounter=VISITS, Consent=CONSENTS
    ),
    "fhir_20250714T040000": fhir_files(
        "2025-07-14T04:00:00Z",
        Patient=[patient("p2", LATER, link=replaced_by("p1"))],  # 17
        Encounter=[
            visit("e2", "p1", status="entered-in-error", meta={"lastUpdated": LATER})
        ],  # 21
        deleted=[deletion("Patient/p3")],  # 21
    ),
    "fhir_20250721T040000": fhir_files(
        "2025-07-21T04:00:00Z",
        Patient=[
            patient("p2", LAST),  # 17: the merge is taken back
            patient("p1", "2025-06-01T00:00:00Z", birthDate="1999-01-01"),  # 22: late
        ],
    ),
}


def lay_down(landing: Path) -> None:
    """Put down all that comes in time."""
    for department in ("hsh", "fire", "dph", "dem", "datasf"):
        (landing / department).mkdir(parents=True)
    for name, content in hmis_deliveries().items():
        if name != PERIOD:
            put(landing, "hsh", name, content)
    put(landing, "fire", "epcr_20250707T040000.xml", CARE)
    put(landing, "fire", "epcr_20250714T040000.xml", VOID)
    put(landing, "fire", "calls_20250707.json", json.dumps(UNITS).encode())
    for name, files in FHIR.items():
        put(landing, "dph", name, files)
    put(landing, "dem", "cad_20250707.json", json.dumps(CALLS).encode())
    mark = b"\xef\xbb\xbf"  # 23
    local = mark + csv_bytes(team_log_columns.VERSION_1, LOCAL)
    put(landing, "dem", "team_log_20250401.csv", local)
    put(landing, "dem", "team_log_20250714.csv", utc_log())


def utc_log() -> bytes:
    return csv_bytes(team_log_columns.VERSION_2, UTC)


def lay_down_late(landing: Path) -> None:
    """Put down what comes late, twice or broken (20, 22, 23)."""
    put(landing, "hsh", PERIOD, hmis_deliveries()[PERIOD])
    put(landing, "dem", "the same once more.csv", utc_log())
    put(landing, "dem", "team_log_20250721.csv", utc_log()[:-20])
    quote = utc_log().replace(b"Detox;Hygiene", b'"Detox', 1)
    put(landing, "dem", "team_log_20250728.csv", quote)
    windows = utc_log().replace(b"Ghost", "Señor".encode("cp1252"))
    put(landing, "dem", "team_log_20250804.csv", windows)
