"""The parameters of the made-up city.

Belongs here: reading ``parameters.toml``, with values put in its place on request.
Does not belong here: a number (they stand in the file, each with its source), the
keys of a section (``parameter_sections``).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dagster_project.synthetic.parameter_sections import (
    Beds,
    CaseManagement,
    Contacts,
    Crises,
    Effects,
    FollowUp,
    Incidents,
    Kin,
    Moud,
    Moves,
    Offers,
    People,
    Priority,
)

FILE = Path(__file__).with_name("parameters.toml")


@dataclass(frozen=True)
class Parameters:
    """Everything a city is made from, by section of ``parameters.toml``."""

    people: People
    kin: Kin
    moves: Moves
    crises: Crises
    beds: Beds
    contacts: Contacts
    case_management: CaseManagement
    offers: Offers
    follow_up: FollowUp
    moud: Moud
    priority: Priority
    incidents: Incidents
    effects: Effects


def load(
    overrides: Mapping[str, float | int] | None = None, file: Path = FILE
) -> Parameters:
    """Read the parameter file.

    Args:
        overrides: Values to put in place of the file's, by ``section.key``, for
            example ``{"effects.hr_follow_up": 1.0}``.
        file: The parameter file.

    Raises:
        ValueError: A key is missing, unknown or of another kind than stated.
    """
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    for name, value in (overrides or {}).items():
        section, _, key = name.partition(".")
        if key not in content.get(section, {}):
            raise ValueError(f"{file.name} has no parameter {name}")
        content[section][key] = value
    sections = {
        section.name: _section(section.type, section.name, content, file)
        for section in fields(Parameters)
    }
    return Parameters(**sections)


def _section(kind: Any, name: str, content: dict[str, Any], file: Path) -> Any:
    """Build one section, checking that the keys are exactly those stated."""
    given = content.get(name, {})
    stated = {field.name: field.type for field in fields(kind)}
    if set(given) != set(stated):
        odd = ", ".join(sorted(set(given) ^ set(stated)))
        raise ValueError(f"{file.name} [{name}]: missing or unknown {odd}")
    values = {}
    for key, value in given.items():
        if isinstance(value, list):
            value = tuple(float(number) for number in value)
        elif stated[key] is float and isinstance(value, int):
            value = float(value)
        expected = stated[key] if isinstance(stated[key], type) else tuple
        if not isinstance(value, getattr(expected, "__origin__", expected)):
            raise ValueError(f"{file.name} [{name}] {key}: {value!r} is no {expected}")
        values[key] = value
    return kind(**values)
