"""The tiny city's HMIS exports: two whole ones and the changes between.

Who they are, ``tiny_city`` says.
"""

from datetime import datetime

from tests.dbt_project.tiny_rows import in_delivery, rows_of

FULL = "hsh_hmis_20260101T120000_aaaaaaaa"


DELTA = "hsh_hmis_20260601T120000_bbbbbbbb"


LAST_FULL = "hsh_hmis_20260701T120000_cccccccc"


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


CLIENTS = rows_of(
    FULL,
    MELE,
    HANH,
    JOSE_OLD,
    TEST,
    PURGED,
    in_delivery(DELTA, JOSE),
    in_delivery(DELTA, MELE_2026),
    in_delivery(LAST_FULL, HANH),
    in_delivery(LAST_FULL, JOSE),
    in_delivery(LAST_FULL, TEST),
    in_delivery(LAST_FULL, MELE_2026),
)


PROJECTS = rows_of(
    LAST_FULL,
    _hmis(ProjectID="P01", ProjectType="0", ProjectCommonName="Congregate Shelter"),
    _hmis(ProjectID="P11", ProjectType="4", ProjectCommonName="Street Outreach"),
    _hmis(ProjectID="P08", ProjectType="3", ProjectCommonName="Permanent Housing"),
)


def _enrolment(key: str, client: str, project: str, day: str) -> dict:
    return _hmis(EnrollmentID=key, PersonalID=client, ProjectID=project, EntryDate=day)


ENROLMENTS = rows_of(
    LAST_FULL,
    _enrolment("E1", "100", "P11", "2026-01-05"),
    _enrolment("E2", "100", "P01", "2026-01-22"),
    in_delivery(FULL, _enrolment("E3", "300", "P11", "2025-12-02")),
    _enrolment("E3", "301", "P11", "2025-12-02")
    | {"DateUpdated": "2026-05-02 08:00:00"},
    _enrolment("E4", "900", "P11", "2026-01-05"),
)


EXITS = rows_of(
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


SITUATIONS = rows_of(
    LAST_FULL,
    _situation("L1", "E1", "100", "2026-01-20"),
    in_delivery(FULL, _situation("L2", "E3", "300", "2025-12-02")),
    _situation("L2", "E3", "300", "2025-12-02"),
    _situation("L9", "E4", "900", "2026-01-06"),
    in_delivery(FULL, _situation("L8", "E1", "100", "2025-12-20")),
)
"""L8 stands in the first full refresh and in no later one: it is gone."""


EVENTS = rows_of(
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


EXPORTS = [_export(FULL, "2"), _export(DELTA, "1"), _export(LAST_FULL, "2")]


REFRESHES = [
    _refresh(FULL, "full"),
    _refresh(DELTA, "delta"),
    _refresh(LAST_FULL, "full"),
]
