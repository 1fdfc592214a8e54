"""Whether a file has the shape of an agreement.

Belongs here: the schema's check, and its faults in a steward's words. Does not belong
here: YAML (``read``), making records (``build``), what they mean (``meaning``).
"""

import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dagster_project.governance.read import TOLD, AgreementRefused, Finding, Text

SCHEMA = Path(__file__).with_name("agreement.schema.json")
KINDS = {
    "integer": "a whole number",
    "string": "a text (between quotes where it looks like a number)",
    "boolean": "true or false",
    "object": "a section of names and what they hold",
    "array": "a list between square brackets",
}
"""JSON Schema's types as a steward calls them."""
TOLD_OF = 60
"""Characters told of a value that is wrong."""
FORMS = {
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}$": "a day, as 2026-11-27",
    "^[a-z][a-z0-9_]{0,40}$": "a short name: small letters, digits and _, a letter "
    "first, at most 41",
    "^[a-z][a-z0-9-]{0,60}$": "a short name: small letters, digits and -, a letter "
    "first, at most 61",
    "^[0-9a-f]{64}$": "the hash that 'throughline agreement approve' writes",
}
"""The schema's patterns in words."""


def check_shape(text: Text) -> None:
    """Hold a file to the schema.

    Raises:
        AgreementRefused: With the line of every fault.
    """
    findings = []
    for fault in _validator().iter_errors(text.content):
        findings += _findings(fault, text)
        if len(findings) >= TOLD:
            break
    if not findings:
        findings = [*_bad_dates(text.content, text, ())]
    if findings:
        raise AgreementRefused(text.path, findings)


@cache
def _validator() -> Any:
    """Return what holds a document to the schema.

    All that the schema refers to lies under its own ``$defs``; looked up there, an
    agreement is read in two thirds of the time that a search for each of 7,000 takes.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    parts = {f"#/$defs/{name}": part for name, part in schema["$defs"].items()}

    def refer(validator: Any, name: str, instance: Any, _: Any) -> Iterator[Any]:
        yield from validator.descend(instance, parts[name])

    return extend(Draft202012Validator, {"$ref": refer})(schema)


def _findings(fault: Any, text: Text) -> list[Finding]:
    """Return a fault of shape with the line of each part that it is about."""
    where = tuple(map(str, fault.absolute_path))
    place = ".".join(where) or "the file"
    if "propertyNames" in fault.absolute_schema_path:
        told = f"{place} has the name {fault.instance!r}; {_wanted(fault)}"
        return [Finding(text.line(*where, fault.instance), told)]
    if fault.validator == "additionalProperties":
        known = ", ".join(fault.schema.get("properties", {}))
        return [
            Finding(
                text.line(*where, name),
                f"{place} has {name}, which nothing reads; known are {known}",
            )
            for name in fault.instance
            if name not in fault.schema.get("properties", {})
        ]
    return [Finding(text.line(*where), _sentence(fault, place))]


def _wanted(fault: Any) -> str:
    """Return what a text must look like."""
    if fault.validator == "enum":
        return f"it must be one of {', '.join(map(str, fault.validator_value))}"
    wanted = fault.validator_value
    return f"it must be {FORMS.get(wanted, wanted)}"


def _sentence(fault: Any, place: str) -> str:
    """Return a fault of shape in words a steward can act on."""
    kind, wanted = fault.validator, fault.validator_value
    found = "empty" if fault.instance is None else repr(fault.instance)
    found = found if len(found) <= TOLD_OF else found[:TOLD_OF] + "…"
    if kind == "required":
        missing = [name for name in wanted if name not in fault.instance]
        return f"{place} lacks {', '.join(missing)}; add it"
    if kind in ("enum", "pattern"):
        return f"{place} is {found}; {_wanted(fault)}"
    if kind == "type":
        return f"{place} is {found}; it must be {KINDS.get(wanted, wanted)}"
    if kind == "uniqueItems":
        return f"{place} names something twice; delete one of them"
    if kind in ("minProperties", "maxProperties") and wanted == 1:
        return f"{place} must hold one entry, and holds {len(fault.instance)}"
    return f"{place}: {fault.message[:120]}; correct it"


def _bad_dates(value: Any, text: Text, where: tuple[str, ...]):
    """Yield dates of the right form that no calendar has."""
    if isinstance(value, dict):
        for key, inner in value.items():
            is_date = key in ("effective", "expires", "signed", "joined", "left", "on")
            if is_date and isinstance(inner, str):
                try:
                    date.fromisoformat(inner)
                except ValueError:
                    told = f"{key} is {inner!r}, which no calendar has; correct it"
                    yield Finding(text.line(*where, key), told)
            else:
                yield from _bad_dates(inner, text, (*where, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _bad_dates(inner, text, (*where, str(at)))
