"""Seven invented people in the exports of four departments.

Belongs here: rows as intake would load them, and who is who. Does not belong here:
what must come out (``test_end_to_end``).

Who: Mele Faʻasoʻa (HMIS, two ePCRs, a log entry), Nguyễn Thị Hạnh (HMIS, DPH under two
profiles), José de la Cruz (HMIS, relinked from an older id), Amina al-Karim (DPH, Part
2, consent withdrawn), Wei Zhang (DPH, Part 2, consent in force), somebody nobody could
name (ePCR), and a test client.
"""

import json
from datetime import datetime

FULL = "hsh_hmis_20260101T120000_aaaaaaaa"
DELTA = "hsh_hmis_20260601T120000_bbbbbbbb"
LAST_FULL = "hsh_hmis_20260701T120000_cccccccc"
EPCR = "fire_epcr_20260701T120000_dddddddd"
LATER_EPCR = "fire_epcr_20260702T120000_dddddddd"
FHIR = "dph_fhir_20260701T120000_eeeeeeee"
LOG = "dem_team_log_20260701T120000_ffffffff"


def _rows(delivery: str, *rows: dict) -> list[dict]:
    return [
        row | {"_delivery_id": row.get("_delivery_id", delivery), "_row_number": number}
        for number, row in enumerate(rows, start=1)
    ]


def _hmis(**row: str) -> dict:
    return {
        "DateCreated": "2025-12-01 09:00:00",
        "DateUpdated": "2025-12-01 09:00:00",
    } | row


def _client(key: str, first: str, last: str, **more: str) -> dict:
    return _hmis(
        PersonalID=key, FirstName=first, LastName=last, NameDataQuality="1", **more
    )


def _export(delivery: str, directive: str) -> dict:
    return {
        "ExportID": delivery[-8:],
        "ExportDirective": directive,
        "ExportStartDate": "2024-01-01",
        "ExportEndDate": "2026-06-30",
        "_delivery_id": delivery,
    }


def _refresh(delivery: str, mode: str) -> dict:
    """Return the ledger row of an HMIS delivery; its id tells its time."""
    return {
        "delivery_id": delivery,
        "feed": "hsh_hmis",
        "status": "taken",
        "mode": mode,
        "extracted_at": datetime.strptime(delivery[9:24], "%Y%m%dT%H%M%S"),
        "period_start": "2024-01-01",
        "period_end": "2026-06-30",
    }


def _in(delivery: str, row: dict) -> dict:
    return row | {"_delivery_id": delivery}


MELE = _client(
    "100",
    "Mele",
    "Faʻasoʻa",
    DOB="1980-05-17",
    DOBDataQuality="1",
    Woman="1",
    NativeHIPacific="1",
    SSN="750112222",
    SSNDataQuality="9",
)
HANH = _client("200", "Hạnh", "Nguyễn", DOB="1975-01-01", DOBDataQuality="1")
JOSE_OLD = _client("300", "José", "de la Cruz")
JOSE = _client("301", "José", "de la Cruz", DOB="1990-02-03", DOBDataQuality="2")
TEST = _client("900", "Test", "Client", DOB="1999-09-09", DOBDataQuality="1")
PURGED = _client("400", "Ivan", "Petrov")
MELE_2026 = MELE | {"Woman": None, "Sex": "0", "DateUpdated": "2026-05-01 10:00:00"}

CLIENTS = _rows(
    FULL,
    MELE,
    HANH,
    JOSE_OLD,
    TEST,
    PURGED,
    _in(DELTA, JOSE),
    _in(DELTA, MELE_2026),
    _in(LAST_FULL, HANH),
    _in(LAST_FULL, JOSE),
    _in(LAST_FULL, TEST),
    _in(LAST_FULL, MELE_2026),
)
PROJECTS = _rows(
    LAST_FULL,
    _hmis(ProjectID="P01", ProjectType="0", ProjectCommonName="Congregate Shelter"),
    _hmis(ProjectID="P11", ProjectType="4", ProjectCommonName="Street Outreach"),
    _hmis(ProjectID="P08", ProjectType="3", ProjectCommonName="Permanent Housing"),
)


def _enrolment(key: str, client: str, project: str, day: str) -> dict:
    return _hmis(EnrollmentID=key, PersonalID=client, ProjectID=project, EntryDate=day)


ENROLMENTS = _rows(
    LAST_FULL,
    _enrolment("E1", "100", "P11", "2026-01-05"),
    _enrolment("E2", "100", "P01", "2026-01-22"),
    _in(FULL, _enrolment("E3", "300", "P11", "2025-12-02")),
    _enrolment("E3", "301", "P11", "2025-12-02")
    | {"DateUpdated": "2026-05-02 08:00:00"},
    _enrolment("E4", "900", "P11", "2026-01-05"),
)
EXITS = _rows(
    LAST_FULL,
    _hmis(
        ExitID="X2",
        EnrollmentID="E2",
        PersonalID="100",
        ExitDate="2026-04-20",
        Destination="435",
    ),
)


def _situation(key: str, enrolment: str, client: str, day: str) -> dict:
    return _hmis(
        CurrentLivingSitID=key,
        EnrollmentID=enrolment,
        PersonalID=client,
        InformationDate=day,
        LocationDetails="Turk and Taylor, Tenderloin",
    )


SITUATIONS = _rows(
    LAST_FULL,
    _situation("L1", "E1", "100", "2026-01-20"),
    _in(FULL, _situation("L2", "E3", "300", "2025-12-02")),
    _situation("L2", "E3", "300", "2025-12-02"),
    _situation("L9", "E4", "900", "2026-01-06"),
    _in(FULL, _situation("L8", "E1", "100", "2025-12-20")),
)
"""L8 stands in the first full refresh and in no later one: it is gone."""
EVENTS = _rows(
    LAST_FULL,
    _hmis(
        EventID="V1",
        EnrollmentID="E1",
        PersonalID="100",
        EventDate="2026-01-20",
        Event="10",
        ReferralResult="1",
        LocationCrisisOrPHHousing="P01",
    ),
    _hmis(
        EventID="V2",
        EnrollmentID="E3",
        PersonalID="301",
        EventDate="2026-02-01",
        Event="9",
        LocationCrisisOrPHHousing="P01",
    ),
    _hmis(
        EventID="V3",
        EnrollmentID="E3",
        PersonalID="301",
        EventDate="2026-02-02",
        Event="10",
        ReferralResult="2",
        LocationCrisisOrPHHousing="P01",
    ),
    _hmis(
        EventID="V4",
        EnrollmentID="E3",
        PersonalID="301",
        EventDate="2026-02-03",
        Event="10",
        ReferralResult="3",
        LocationCrisisOrPHHousing="P01",
    ),
    _hmis(
        EventID="V5",
        EnrollmentID="E3",
        PersonalID="301",
        EventDate="2026-02-04",
        Event="10",
        LocationCrisisOrPHHousing="P01",
    ),
)


def _pcr(key: str, sign: str, at: str, **more: str) -> dict:
    return {
        "erecord_01": key,
        "eresponse_14": sign,
        "eresponse_05": "2205001",
        "etimes_07": at,
        "edisposition_27": "4227001",
    } | more


PCRS = _rows(
    EPCR,
    _pcr(
        "R1",
        "SCRT 1",
        "2026-01-15T22:30:00-08:00",
        eresponse_03="260150001",
        epatient_02="Faasoa",
        epatient_03="Mele",
        epatient_17="1980-05-17",
        epatient_25="9919001",
        epatient_14="2514009",
        esituation_11="F99",
        edisposition_28="4228001",
        edisposition_30="4230009",
        edisposition_31="4231001",
    ),
    _pcr(
        "R2",
        "SORT 2",
        "2026-03-01T10:00:00-08:00",
        eresponse_03="260600002",
        epatient_02="Faasoa",
        epatient_03="Mele",
        epatient_17="1980-05-17",
        esituation_11="T40.411A",
        emedications_03="7242",
    ),
    _pcr(
        "R3",
        "SCRT 1",
        "2026-02-01T10:00:00-08:00",
        epatient_02="NV:7701003",
        epatient_03="PN:8801019",
        edisposition_30="4230013",
        edisposition_31="4231005",
    ),
    _pcr("R4", "SCRT 1", "2026-02-02T10:00:00-08:00"),
    _in(
        LATER_EPCR,
        _pcr("R4", "SCRT 1", "2026-02-02T10:00:00-08:00", edisposition_27="4227011"),
    ),
)
LOG_ROWS = _rows(
    LOG,
    {
        "ContactID": "a0X00000000000AAAA",
        "FirstName": "Mele",
        "Team": "SORT",
        "EncounterDateTimeUTC": "2026-03-01T18:05:00.000Z",
        "IncidentNumber": "260600007",
        "ContactMade": "Yes",
        "ServicesOffered": "MOUD;Shelter - Family",
        "ServicesAccepted": "MOUD;Detox",
        "ServicesDeclined": "Shelter - Family",
        "DeclineReason": "partner or pet",
        "Outcome": "Service received",
        "Notes": "Not eligible: Safe Sleep",
        "IsDeleted": "false",
        "SystemModstamp": "2026-03-02T00:00:00.000Z",
    },
    {
        "ContactID": "a0X00000000000aAAA",
        "Team": "HEART",
        "EncounterDate": "2024-11-03",
        "EncounterTime": "01:30",
        "ContactMade": "No",
        "IsDeleted": "false",
        "SystemModstamp": "2024-11-04T00:00:00.000Z",
    },
    {
        "ContactID": "a0X00000000000BAAA",
        "Team": "HEART",
        "ContactMade": "Yes",
        "EncounterDateTimeUTC": "2026-03-03T18:05:00.000Z",
        "IsDeleted": "true",
        "SystemModstamp": "2026-03-04T00:00:00.000Z",
    },
)


def _fhir(
    kind: str, key: str, at: str = "2026-05-01T00:00:00.000Z", **body: object
) -> dict:
    resource = {"resourceType": kind, "id": key, "meta": {"lastUpdated": at}} | body
    return {
        "resource_type": kind,
        "id": key,
        "last_updated": at,
        "resource": json.dumps(resource, ensure_ascii=False),
    }


def _patient(key: str, family: str, given: str, born: str, **more: object) -> dict:
    name = [{"use": "official", "family": family, "given": [given]}]
    return _fhir("Patient", key, name=name, birthDate=born, **more)


def _visit(
    key: str, patient: str, team: str, kind: str, at: str, **more: object
) -> dict:
    codes = [{"coding": [{"code": code}]} for code in (team, kind)]
    return _fhir(
        "Encounter",
        key,
        **{"status": "finished", "class": {"code": "AMB"}} | more,
        type=codes,
        subject={"reference": f"Patient/{patient}"},
        period={"start": at},
    )


def _methadone(key: str, patient: str) -> dict:
    return _fhir(
        "Procedure",
        key,
        status="completed",
        performedDateTime="2026-05-05",
        code={"coding": [{"code": "H0020"}]},
        subject={"reference": f"Patient/{patient}"},
        meta={"security": [{"code": "42CFRPart2"}]},
    )


def _consent(key: str, patient: str, status: str, kind: str) -> dict:
    return _fhir(
        "Consent",
        key,
        status=status,
        patient={"reference": f"Patient/{patient}"},
        category=[{"coding": [{"code": "42CFRPart2"}]}],
        provision={
            "type": kind,
            "period": {"start": "2026-01-01", "end": "2030-01-01"},
        },
    )


PATIENTS = _rows(
    FHIR,
    _patient("D1", "Nguyen", "Hanh", "1975-01-01"),
    _patient(
        "D2",
        "Nguyen",
        "Hanh",
        "1975",
        link=[{"other": {"reference": "Patient/D1"}, "type": "replaced-by"}],
    ),
    _patient("D3", "al-Karim", "Amina", "1988-08-08"),
    _patient("D4", "Zhang", "Wei", "1966-06-06", deceasedDateTime="2026-06-20"),
)
VISITS = _rows(
    FHIR,
    _visit("N1", "D2", "OCC", "follow_up", "2026-01-18T10:00:00-08:00"),
    _visit("N2", "D1", "ED", "emergency_department", "2026-02-10T10:00:00-08:00"),
    _visit("N3", "D3", "STMED", "outreach", "2026-03-10T10:00:00-08:00"),
    _visit(
        "N4",
        "D1",
        "CLINIC",
        "clinic",
        "2026-03-11T10:00:00-08:00",
        status="entered-in-error",
    ),
    _visit("N5", "D1", "CLINIC", "clinic", "2026-03-12T10:00:00-08:00"),
)
PROCEDURES = _rows(FHIR, _methadone("M1", "D3"), _methadone("M2", "D4"))
CONSENTS = _rows(
    FHIR,
    _consent("C1", "D3", "inactive", "permit"),
    _consent("C2", "D4", "active", "permit"),
)
REQUESTS = _rows(
    FHIR,
    _fhir(
        "ServiceRequest",
        "Q1",
        status="revoked",
        code={"coding": [{"code": "shelter-congregate"}]},
        subject={"reference": "Patient/D1"},
        encounter={"reference": "Encounter/N1"},
        authoredOn="2026-01-18T10:10:00-08:00",
        extension=[
            {
                "url": "http://hl7.org/fhir/StructureDefinition/request-statusReason",
                "valueCodeableConcept": {
                    "coding": [{"code": "declined"}],
                    "text": "safety",
                },
            }
        ],
    ),
)
DELETED = _rows(
    FHIR,
    {
        "resource_type": "Encounter",
        "id": "N5",
        "deleted_at": "2026-05-09T00:00:00.000Z",
    },
)
CALLS = _rows(
    "dem_cad_20260701T120000_99999999",
    {
        "cad_number": "260150001",
        "agency": "Police",
        "disposition": "GOA",
        "received_datetime": "2026-01-15T22:10:00.000",
        "sensitive_call": "false",
        "analysis_neighborhood": "Tenderloin",
        "supervisor_district": "5.0",
        "call_last_updated_at": "2026-01-16T00:00:00.000",
    },
)
UNITS = _rows(
    "fire_calls_20260701T120000_88888888",
    *[
        {
            "rowid": f"260150001-{unit}",
            "call_number": "260150001",
            "unit_id": unit,
            "call_final_disposition": "Other",
            "received_dttm": "2026-01-15T22:10:00.000",
        }
        for unit in ("M12", "SCRT1")
    ],
)
CASES = _rows(
    "datasf_311_20260701T120000_77777777",
    {
        "service_request_id": "101",
        "service_name": "Encampments",
        "requested_datetime": "2026-01-15T08:00:00.000",
    },
)
DELIVERIES = [
    {
        "delivery_id": name,
        "feed": feed,
        "status": "taken",
        "extracted_at": "2026-07-01 12:00:00",
    }
    for name, feed in (
        (EPCR, "fire_epcr"),
        (FHIR, "dph_fhir"),
        (LOG, "dem_team_log"),
    )
] + [_refresh(FULL, "full"), _refresh(DELTA, "delta"), _refresh(LAST_FULL, "full")]
TABLES = {
    "raw.deliveries": DELIVERIES,
    "raw.hsh_client": CLIENTS,
    "raw.hsh_enrollment": ENROLMENTS,
    "raw.hsh_exit": EXITS,
    "raw.hsh_project": PROJECTS,
    "raw.hsh_current_living_situation": SITUATIONS,
    "raw.hsh_event": EVENTS,
    "raw.hsh_export": [
        _export(FULL, "2"),
        _export(DELTA, "1"),
        _export(LAST_FULL, "2"),
    ],
    "raw.fire_epcr": PCRS,
    "raw.fire_calls": UNITS,
    "raw.dph_patient": PATIENTS,
    "raw.dph_encounter": VISITS,
    "raw.dph_procedure": PROCEDURES,
    "raw.dph_consent": CONSENTS,
    "raw.dph_service_request": REQUESTS,
    "raw.dph_deleted": DELETED,
    "raw.dem_cad_calls": CALLS,
    "raw.dem_team_log": LOG_ROWS,
    "raw.datasf_311_cases": CASES,
}
PEOPLE = {
    "p_mele": (
        "hsh:hmis:100",
        "fire:epcr:R1",
        "fire:epcr:R2",
        "dem:team_log:a0X00000000000AAAA",
    ),
    "p_hanh": ("hsh:hmis:200", "dph:fhir:D1"),
    "p_jose": ("hsh:hmis:301",),
    "p_amina": ("dph:fhir:D3",),
    "p_wei": ("dph:fhir:D4",),
    None: ("fire:epcr:R3",),
}
