"""Tell a resource of another release of FHIR, which says the same in other places.

Belongs here: what of the resources we take has another form before R4 or after it. Does
not belong here: what is wrong with a resource of R4 (``fhir_lines``, staging).

NDJSON does not say its release, and a resource of another one reads as one of R4 that
says nothing: an encounter without its time, a condition entered in error that stands.

Source: HL7 FHIR R4 and R5, "Difference to previous versions" of each resource.
"""

from collections.abc import Callable, Mapping
from typing import Any

Resource = Mapping[str, Any]
OLDER, NEWER = "DSTU2 or STU3", "R5"


def _patient(resource: Resource) -> str:
    names = resource.get("name")
    name = names[0] if isinstance(names, list) and names else None
    is_old = isinstance(name, dict) and isinstance(name.get("family"), list)
    return OLDER if is_old else ""


def _encounter(resource: Resource) -> str:
    kind = resource.get("class")
    if isinstance(kind, list) or "actualPeriod" in resource:
        return NEWER
    return OLDER if isinstance(kind, str) else ""


def _condition(resource: Resource) -> str:
    told = resource.get("verificationStatus"), resource.get("clinicalStatus")
    return OLDER if any(isinstance(status, str) for status in told) else ""


def _procedure(resource: Resource) -> str:
    if isinstance(resource.get("notDone", resource.get("notPerformed")), bool):
        return OLDER  # what was not done would read as done
    is_new = "occurrenceDateTime" in resource or "occurrencePeriod" in resource
    return NEWER if is_new else ""


def _service_request(resource: Resource) -> str:
    code = resource.get("code")
    return NEWER if isinstance(code, dict) and "concept" in code else ""


def _consent(resource: Resource) -> str:
    if "except" in resource or isinstance(resource.get("policyRule"), str):
        return OLDER
    return NEWER if isinstance(resource.get("provision"), list) else ""


def _any(resource: Resource) -> str:
    return ""


FORMS: Mapping[str, Callable[[Resource], str]] = {
    "Patient": _patient,
    "Encounter": _encounter,
    "Condition": _condition,
    "Procedure": _procedure,
    "ServiceRequest": _service_request,
    "Consent": _consent,
}
"""Type of resource to what tells the release of one."""
RULE = "fhir_release"


def form_of(kind: str) -> Callable[[Resource], str]:
    """Return what tells the release of a resource of a type, "" for R4.

    >>> form_of("Encounter")({"class": {"code": "EMER"}})
    ''
    >>> form_of("Encounter")({"actualPeriod": {"start": "2025-07-03"}})
    'R5'
    """
    return FORMS.get(kind, _any)


def other_release(kind: str, resource: Resource) -> str:
    """Return why a resource waits that is of another release, "" for one of R4."""
    told = form_of(kind)(resource)
    return f"it is written as in FHIR {told}; ask for an export of R4" if told else ""
