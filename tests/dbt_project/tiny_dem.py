"""The tiny city's team log, police calls and 311 cases.

Who they are, ``tiny_city`` says.
"""

from tests.dbt_project.tiny_rows import rows_of

LOG = "dem_team_log_20260701T120000_ffffffff"


LOG_ROWS = rows_of(
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


CALLS = rows_of(
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


CASES = rows_of(
    "datasf_311_20260701T120000_77777777",
    {
        "service_request_id": "101",
        "service_name": "Encampments",
        "requested_datetime": "2026-01-15T08:00:00.000",
    },
)
