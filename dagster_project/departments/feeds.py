"""What every department delivers: the single table the rest of the product reads.

Belongs here: names, patterns, columns, keys and rhythm of each feed. Does not belong
here: how bytes become rows (one reader module per format), where rows go (``ledger``).

A new department costs one reader module and one row in ``FEEDS``. Columns follow the
published standards: HUD HMIS CSV, NEMSIS 3.5.1, HL7 FHIR R4 Bulk Data, DataSF.
"""

from dagster_project.departments import hmis_columns, soda_columns, team_log_columns
from dagster_project.departments.feed import Feed, Table
from dagster_project.departments.nemsis_columns import COLUMNS as PCR_COLUMNS

WEEK = 7 * 24
MONTH = 31 * 24
STAMP = r"_?\d{8}(T\d{4,6}Z?)?"
"""Date, or date and time in UTC, as our departments write it into a delivery's name."""

_RECORD_TYPES = "141 142 143 144 151 152 161 200 210 300"
RECORD_TYPES = frozenset(_RECORD_TYPES.split())
"""HUD list RecordType: it decides which list TypeProvided is read with."""


def _hmis(name: str, file: str, key: str, required: str = "", codes=None) -> Table:
    columns = hmis_columns.all_columns(file)
    return Table(
        name=name,
        source=file,
        columns=columns,
        key=(key,),
        required=tuple(required.split()),
        times=tuple(
            column
            for column in (*required.split(), "DateUpdated", "DateDeleted")
            if column in columns
            and (column.endswith("Date") or column.startswith("Date"))
        ),
        updated="DateUpdated" if "DateUpdated" in columns else "",
        refers=("HouseholdID",) if "HouseholdID" in columns else (),
        codes=codes or {},
        versions={y: hmis_columns.columns(file, y) for y in hmis_columns.YEARS},
        needed=tuple(hmis_columns.NEEDED[file].split()),
    )


def _fhir(resource: str, name: str) -> Table:
    return Table(
        name=name,
        source=resource,
        columns=("resource_type", "id", "last_updated", "resource"),
        key=("id",),
        updated="last_updated",
        document="resource",
    )


HMIS_TABLES = (
    _hmis("hsh_export", "Export", "ExportID", "ExportDate"),
    _hmis("hsh_organization", "Organization", "OrganizationID"),
    _hmis("hsh_project", "Project", "ProjectID", "OrganizationID"),
    _hmis(
        "hsh_enrollment", "Enrollment", "EnrollmentID", "PersonalID ProjectID EntryDate"
    ),
    _hmis("hsh_client", "Client", "PersonalID"),
    _hmis("hsh_exit", "Exit", "ExitID", "EnrollmentID PersonalID ExitDate"),
    _hmis(
        "hsh_current_living_situation",
        "CurrentLivingSituation",
        "CurrentLivingSitID",
        "EnrollmentID PersonalID InformationDate",
    ),
    _hmis("hsh_event", "Event", "EventID", "EnrollmentID PersonalID EventDate"),
    _hmis(
        "hsh_services",
        "Services",
        "ServicesID",
        "EnrollmentID PersonalID DateProvided RecordType",
        {"RecordType": RECORD_TYPES},
    ),
    _hmis(
        "hsh_assessment",
        "Assessment",
        "AssessmentID",
        "EnrollmentID PersonalID AssessmentDate",
    ),
)
"""In reading order: what decides which rows may enter comes first (see ``hmis``)."""

FEEDS = (
    Feed(
        name="hsh_hmis",
        department="hsh",
        title="HMIS CSV export of the ONE system",
        pattern=rf"hmis{STAMP}(\.zip)?",
        reader="hmis",
        tables=HMIS_TABLES,
        every_hours=MONTH,
        stale_after_hours=MONTH + WEEK,
        tells_time=True,
    ),
    Feed(
        name="fire_epcr",
        department="fire",
        title="Patient care reports (NEMSIS 3.5)",
        pattern=rf"epcr{STAMP}\.xml(\.gz)?",
        reader="nemsis",
        tables=(
            Table(
                "fire_epcr",
                "PatientCareReport",
                PCR_COLUMNS,
                key=("erecord_01", "report_id"),
                dated=("etimes_01", "etimes_03", "etimes_06", "etimes_07"),
                updated="etimes_13",
            ),
        ),
        every_hours=WEEK,
        stale_after_hours=WEEK + 48,
    ),
    Feed(
        name="fire_calls",
        department="fire",
        title="Fire and EMS calls for service (DataSF nuek-vuh3)",
        pattern=rf"calls{STAMP}\.(csv|json)(\.gz)?",
        reader="soda",
        tables=(
            Table(
                "fire_calls",
                "nuek-vuh3",
                soda_columns.FIRE_CALLS,
                key=("rowid",),
                required=("call_number", "received_dttm"),
                times=("received_dttm",),
                dated=("data_as_of",),
                updated="data_loaded_at",
                refers=("incident_number",),
            ),
        ),
        every_hours=WEEK,
        stale_after_hours=WEEK + 48,
    ),
    Feed(
        name="dph_fhir",
        department="dph",
        title="Health records (FHIR R4 bulk export)",
        pattern=rf"fhir{STAMP}(\.zip)?",
        reader="fhir",
        tables=(
            _fhir("Patient", "dph_patient"),
            _fhir("Encounter", "dph_encounter"),
            _fhir("Procedure", "dph_procedure"),
            _fhir("Condition", "dph_condition"),
            _fhir("ServiceRequest", "dph_service_request"),
            _fhir("Consent", "dph_consent"),
            Table(
                "dph_deleted",
                "deleted",
                ("resource_type", "id", "deleted_at"),
                key=("resource_type", "id"),
                times=("deleted_at",),
            ),
        ),
        every_hours=WEEK,
        stale_after_hours=WEEK + 48,
        local_times=False,
        tells_time=True,
        may_be_empty=True,
    ),
    Feed(
        name="dem_cad",
        department="dem",
        title="Police dispatch calls (DataSF gnap-fj3t, 2zdj-bwza)",
        pattern=rf"cad{STAMP}\.(csv|json)(\.gz)?",
        reader="soda",
        tables=(
            Table(
                "dem_cad_calls",
                "gnap-fj3t",
                soda_columns.CAD_CALLS,
                key=("cad_number",),
                required=("received_datetime",),
                times=("received_datetime", "call_last_updated_at"),
                dated=("data_updated_at",),
                updated="call_last_updated_at",
                refers=("dup_cad_number",),
            ),
        ),
        every_hours=WEEK,
        stale_after_hours=WEEK + 48,
    ),
    Feed(
        name="dem_team_log",
        department="dem",
        title="Street teams' contact log",
        pattern=rf"team_log{STAMP}\.csv(\.gz)?",
        reader="team_log",
        tables=(
            Table(
                "dem_team_log",
                "team log",
                team_log_columns.ALL,
                key=("ContactID",),
                times=("EncounterDate", "EncounterDateTimeUTC", "SystemModstamp"),
                updated="SystemModstamp",
                moments=("EncounterDate", "EncounterDateTimeUTC"),
                deleted="IsDeleted",
                refers=("IncidentNumber", "MasterRecordId"),
                versions={
                    "v1": team_log_columns.VERSION_1,
                    "v2": team_log_columns.VERSION_2,
                },
                needed=team_log_columns.NEEDED,
            ),
        ),
        every_hours=MONTH,
        stale_after_hours=MONTH + WEEK,
        local_times=False,
    ),
    Feed(
        name="datasf_311",
        department="datasf",
        title="311 cases (DataSF vw6y-z8j6)",
        pattern=rf"cases{STAMP}\.(csv|json)(\.gz)?",
        reader="soda",
        tables=(
            Table(
                "datasf_311_cases",
                "vw6y-z8j6",
                soda_columns.CASES_311,
                key=("service_request_id",),
                required=("requested_datetime",),
                times=("requested_datetime", "updated_datetime"),
                updated="updated_datetime",
            ),
        ),
        every_hours=WEEK,
        stale_after_hours=WEEK + 48,
    ),
)


def feed_of(department: str, delivery: str) -> Feed | None:
    """Return the feed a delivery's name belongs to, or None."""
    return next(
        (f for f in FEEDS if f.department == department and f.matches(delivery)), None
    )
