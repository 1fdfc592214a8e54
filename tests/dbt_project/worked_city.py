"""Sixteen invented people whose measures are worked out by hand.

Belongs here: rows as intake would load them, and who is who. Does not belong here:
what must come out (``test_worked_measures``).

The contact log ends ten days before the others, so nothing after 2026-06-20 is judged.

* Malia is met by SCRT and by HSOC on both nights on which the clock changes.
* Kwame is met by three units at one incident; one cannot name him, one finds nobody.
* Yuki declines on the last day of the data, and again on the day after.
* Omar moves into a shelter four days after his yes, Ines three days after hers; Tomasz,
  whose offer is 29 days old, is entered as having left a shelter before he came.
* Leilani has two offers without an answer, Nguyen one the provider refused and one that
  was not to be had; Sadia says yes to the third. Client 110 is linked to nobody.
* The health department refers Dmitri, who dies on day 3, Aroha (met on day 7), Chidi
  (on day 8; he moves into a home in April), Bao (day 7 is the last of the data), Emeka
  (met the same day; her request stands under a merged record) and Femi (at a programme
  under 42 CFR Part 2, without consent).
"""

import json
from typing import Any

HMIS = "hsh_hmis_20260701T120000_aaaaaaaa"
EPCR = "fire_epcr_20260701T120000_bbbbbbbb"
FHIR = "dph_fhir_20260701T120000_cccccccc"
LOG = "dem_team_log_20260614T190000_dddddddd"
LOG_AGAIN = "dem_team_log_20260621T190000_dddddddd"

Rows = list[dict[str, Any]]


def _rows(delivery: str, *rows: dict[str, Any]) -> Rows:
    return [
        {"_delivery_id": delivery, "_row_number": number} | row
        for number, row in enumerate(rows, start=1)
    ]


def _hmis(**row: str) -> dict[str, Any]:
    return {
        "DateCreated": "2026-06-21 09:00:00",
        "DateUpdated": "2026-06-21 09:00:00",
    } | row


CLIENTS = {
    "101": "Malia",
    "103": "Yuki",
    "104": "Omar",
    "105": "Ines",
    "106": "Tomasz",
    "107": "Leilani",
    "108": "Nguyen",
    "109": "Sadia",
    "110": "",
    "112": "Aroha",
    "113": "Chidi",
    "115": "Emeka",
}
OUTREACH = {
    "101": "2025-03-09",
    "103": "2026-06-20",
    "104": "2026-05-01",
    "105": "2026-05-21",
    "106": "2026-05-22",
    "107": "2026-05-21",
    "108": "2026-02-03",
    "109": "2026-01-10",
    "110": "2026-02-10",
    "112": "2026-03-12",
    "113": "2026-03-13",
    "115": "2026-03-05",
}
"""Client and day on which outreach enrolled them."""
STAYS = (
    ("S104", "104", "P01", "2026-05-05", None, None),
    ("S105", "105", "P01", "2026-05-24", None, None),
    ("S106", "106", "P01", "2026-06-01", "2026-05-30", None),
    ("S113", "113", "P08", "2026-03-20", None, "2026-04-01"),
)
"""Enrolment, client, project, entry, exit, move-in."""
SITUATIONS = (
    ("101", "2025-03-09"),
    ("103", "2026-06-20"),
    ("103", "2026-06-21"),
    ("108", "2026-02-04"),
    ("109", "2026-01-10"),
    ("110", "2026-02-10"),
    ("112", "2026-03-12"),
    ("113", "2026-03-13"),
    ("115", "2026-03-05"),
)
BEDS = (
    ("103", "2026-06-20", "10", "2"),
    ("103", "2026-06-21", "10", "2"),
    ("104", "2026-05-01", "10", "1"),
    ("105", "2026-05-21", "10", "1"),
    ("106", "2026-05-22", "10", "1"),
    ("107", "2026-05-21", "10", None),
    ("107", "2026-06-10", "10", None),
    ("108", "2026-02-03", "10", "3"),
    ("108", "2026-02-04", "9", None),
    ("109", "2026-01-10", "10", "2"),
    ("109", "2026-01-20", "10", "2"),
    ("109", "2026-01-30", "10", "1"),
    ("110", "2026-02-10", "10", "2"),
)
"""Client, day, HMIS event (10 an opening, 9 none to be had), result of the referral."""


def _pcr(key: str, incident: str, at: str, **more: str) -> dict[str, Any]:
    return {
        "erecord_01": key,
        "report_id": key,
        "eresponse_03": incident,
        "eresponse_05": "2205001",
        "eresponse_14": "SCRT 1",
        "etimes_07": at,
        "esituation_11": "F99",
        "edisposition_27": "4227001",
    } | more


REPORTS = _rows(
    EPCR,
    _pcr("R1", "250680001", "2025-03-09T01:30:00-08:00"),
    _pcr("R2", "253060001", "2025-11-02T01:30:00-07:00"),
    _pcr("R3", "260810001", "2026-03-22T10:00:00-07:00", edisposition_30="4230009"),
    _pcr(
        "R4",
        "260810001",
        "2026-03-22T10:05:00-07:00",
        eresponse_14="SCRT 2",
        edisposition_30="4230001",
    ),
    _pcr(
        "R5",
        "260810001",
        "2026-03-22T10:10:00-07:00",
        eresponse_14="SCRT 3",
        edisposition_27="4227009",
    ),
    _pcr("R6", "260600001", "2026-03-01T10:00:00-08:00"),
    _pcr("R7", "261170001", "2026-04-27T10:00:00-07:00"),
    _pcr("R8", "261400001", "2026-05-20T10:00:00-07:00"),
    _pcr("R9", "261500001", "2026-05-30T10:00:00-07:00", edisposition_27="4227009"),
)


def _entry(key: str, **more: str) -> dict[str, Any]:
    return {
        "ContactID": key,
        "Team": "HSOC",
        "ContactMade": "Yes",
        "IsDeleted": "false",
        "SystemModstamp": "2026-01-01T00:00:00.000Z",
    } | more


# In spring half past three comes an hour after half past one; in autumn a quarter to
# two, of the second hour that bears this name, comes an hour and a quarter after it.
SPRING = _entry("a0X00000000000SAAA", EncounterDate="2025-03-09", EncounterTime="03:30")
AUTUMN = _entry(
    "a0X00000000000FAAA",
    EncounterDateTimeUTC="2025-11-02T09:45:00.000Z",
    ServicesOffered="Shelter - Family",
    ServicesDeclined="Shelter - Family",
    DeclineReason="partner or pet",
)
NOBODY = _entry(
    "a0X00000000000NAAA",
    EncounterDateTimeUTC="2026-01-05T18:00:00.000Z",
    ContactMade="No",
)
ENTRIES = _rows(LOG, SPRING, AUTUMN, NOBODY) + _rows(LOG_AGAIN, AUTUMN, SPRING)


def _fhir(kind: str, key: str, **body: Any) -> dict[str, Any]:
    at = "2026-06-25T00:00:00.000Z"
    meta = {"lastUpdated": at} | body.pop("meta", {})
    resource = {"resourceType": kind, "id": key, "meta": meta} | body
    return {
        "resource_type": kind,
        "id": key,
        "last_updated": at,
        "resource": json.dumps(resource, ensure_ascii=False),
    }


def _request(patient: str, day: str, **more: Any) -> dict[str, Any]:
    return _fhir(
        "ServiceRequest",
        f"Q{patient}",
        status="active",
        code={"coding": [{"code": "shelter-congregate"}]},
        subject={"reference": f"Patient/{patient}"},
        authoredOn=day,
        **more,
    )


PATIENTS = _rows(
    FHIR,
    _fhir("Patient", "D1", deceasedDateTime="2026-03-08"),
    *(_fhir("Patient", f"D{number}") for number in range(2, 7)),
    _fhir(
        "Patient",
        "D5b",
        link=[{"other": {"reference": "Patient/D5"}, "type": "replaced-by"}],
    ),
)
REQUESTS = _rows(
    FHIR,
    _request("D1", "2026-03-05"),
    _request("D2", "2026-03-05"),
    _request("D3", "2026-03-05"),
    _request("D4", "2026-06-13"),
    _request("D5b", "2026-03-05"),
    _request("D6", "2026-03-05", meta={"security": [{"code": "42CFRPart2"}]}),
)

FEEDS = {
    HMIS: "hsh_hmis",
    EPCR: "fire_epcr",
    FHIR: "dph_fhir",
    LOG: "dem_team_log",
    LOG_AGAIN: "dem_team_log",
}
EXTRACTED = {LOG: "2026-06-14 19:00:00", LOG_AGAIN: "2026-06-21 19:00:00"}
TABLES: dict[str, Rows] = {
    "raw.deliveries": [
        {
            "delivery_id": name,
            "feed": feed,
            "status": "taken",
            "mode": "delta",
            "extracted_at": EXTRACTED.get(name, "2026-07-01 12:00:00"),
        }
        for name, feed in FEEDS.items()
    ],
    "raw.hsh_client": _rows(
        HMIS,
        *(
            _hmis(PersonalID=key, FirstName=name, NameDataQuality="1")
            for key, name in CLIENTS.items()
        ),
    ),
    "raw.hsh_project": _rows(
        HMIS,
        _hmis(ProjectID="P01", ProjectType="0", ProjectCommonName="Congregate Shelter"),
        _hmis(ProjectID="P11", ProjectType="4", ProjectCommonName="Street Outreach"),
        _hmis(ProjectID="P08", ProjectType="3", ProjectCommonName="Permanent Housing"),
    ),
    "raw.hsh_enrollment": _rows(
        HMIS,
        *(
            _hmis(
                EnrollmentID=f"E{client}",
                PersonalID=client,
                ProjectID="P11",
                EntryDate=day,
            )
            for client, day in OUTREACH.items()
        ),
        *(
            _hmis(
                EnrollmentID=key,
                PersonalID=client,
                ProjectID=project,
                EntryDate=entered,
                MoveInDate=moved,
            )
            for key, client, project, entered, _, moved in STAYS
        ),
    ),
    "raw.hsh_exit": _rows(
        HMIS,
        *(
            _hmis(
                ExitID=f"X{key}",
                EnrollmentID=key,
                PersonalID=client,
                ExitDate=left,
                Destination="116",
            )
            for key, client, _, _, left, _ in STAYS
            if left
        ),
    ),
    "raw.hsh_current_living_situation": _rows(
        HMIS,
        *(
            _hmis(
                CurrentLivingSitID=f"L{number}",
                EnrollmentID=f"E{client}",
                PersonalID=client,
                InformationDate=day,
            )
            for number, (client, day) in enumerate(SITUATIONS)
        ),
    ),
    "raw.hsh_event": _rows(
        HMIS,
        *(
            _hmis(
                EventID=f"V{number}",
                EnrollmentID=f"E{client}",
                PersonalID=client,
                EventDate=day,
                Event=event,
                ReferralResult=result,
                LocationCrisisOrPHHousing="P01",
            )
            for number, (client, day, event, result) in enumerate(BEDS)
        ),
    ),
    "raw.fire_epcr": REPORTS,
    "raw.dem_team_log": ENTRIES,
    "raw.dph_patient": PATIENTS,
    "raw.dph_service_request": REQUESTS,
}
PEOPLE = {
    "malia": (
        "hsh:hmis:101",
        "fire:epcr:R1",
        "fire:epcr:R2",
        f"dem:team_log:{SPRING['ContactID']}",
        f"dem:team_log:{AUTUMN['ContactID']}",
    ),
    "kwame": ("fire:epcr:R3",),
    "yuki": ("hsh:hmis:103",),
    "omar": ("hsh:hmis:104", "fire:epcr:R7"),
    "ines": ("hsh:hmis:105", "fire:epcr:R8"),
    "tomasz": ("hsh:hmis:106",),
    "leilani": ("hsh:hmis:107",),
    "nguyen": ("hsh:hmis:108",),
    "sadia": ("hsh:hmis:109",),
    "dmitri": ("dph:fhir:D1", "fire:epcr:R6"),
    "aroha": ("hsh:hmis:112", "dph:fhir:D2"),
    "chidi": ("hsh:hmis:113", "dph:fhir:D3"),
    "bao": ("dph:fhir:D4",),
    "emeka": ("hsh:hmis:115", "dph:fhir:D5"),
    "femi": ("dph:fhir:D6",),
}
