"""Seven invented people in the exports of four departments.

Belongs here: which tables there are, and who is who. Does not belong here: the rows
(``tiny_hmis`` and its neighbours), what must come out (``test_end_to_end``).

Who: Mele Faʻasoʻa (HMIS, two ePCRs, a log entry), Nguyễn Thị Hạnh (HMIS, DPH under two
profiles), José de la Cruz (HMIS, relinked from an older id), Amina al-Karim (DPH, Part
2, consent withdrawn), Wei Zhang (DPH, Part 2, consent in force), somebody nobody could
name (ePCR), and a test client.
"""

from tests.dbt_project.tiny_dem import CALLS, CASES, LOG, LOG_ROWS
from tests.dbt_project.tiny_dph import (
    CONSENTS,
    DELETED,
    FHIR,
    PATIENTS,
    PROCEDURES,
    REQUESTS,
    VISITS,
)
from tests.dbt_project.tiny_fire import EPCR, PCRS, UNITS
from tests.dbt_project.tiny_hmis import (
    CLIENTS,
    ENROLMENTS,
    EVENTS,
    EXITS,
    EXPORTS,
    PROJECTS,
    REFRESHES,
    SITUATIONS,
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
] + REFRESHES


TABLES = {
    "raw.deliveries": DELIVERIES,
    "raw.hsh_client": CLIENTS,
    "raw.hsh_enrollment": ENROLMENTS,
    "raw.hsh_exit": EXITS,
    "raw.hsh_project": PROJECTS,
    "raw.hsh_current_living_situation": SITUATIONS,
    "raw.hsh_event": EVENTS,
    "raw.hsh_export": EXPORTS,
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
