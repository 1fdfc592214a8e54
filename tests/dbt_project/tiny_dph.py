"""The tiny city's FHIR export, part of it under 42 CFR Part 2.

Who they are, ``tiny_city`` says.
"""

import json

from tests.dbt_project.tiny_rows import rows_of

FHIR = "dph_fhir_20260701T120000_eeeeeeee"


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


PATIENTS = rows_of(
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


VISITS = rows_of(
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


PROCEDURES = rows_of(FHIR, _methadone("M1", "D3"), _methadone("M2", "D4"))


CONSENTS = rows_of(
    FHIR,
    _consent("C1", "D3", "inactive", "permit"),
    _consent("C2", "D4", "active", "permit"),
)


REQUESTS = rows_of(
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


DELETED = rows_of(
    FHIR,
    {
        "resource_type": "Encounter",
        "id": "N5",
        "deleted_at": "2026-05-09T00:00:00.000Z",
    },
)
