"""FHIR Patient resources.

Belongs here: who a patient is.
Does not belong here: consent (``fhir_consents``), care (``fhir_encounters``).

Patient, US Core shaped: identifier MR (``MRN…``) and SS (``750-12-3456``, or
``xxx-xx-3456`` when only the last four are known); name official (and nickname for an
alias); birthDate may be ``YYYY``; race and ethnicity extensions; deceasedDateTime (day)
for deaths DPH hears of, 5 to 60 days later. A merged patient comes again with active
false and link replaced-by; the survivor gets link replaces.
"""

from collections import defaultdict
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.export.batches import Changes, or_never
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    NEVER,
    day_second,
    iso_days,
)
from dagster_project.synthetic.export.fhir_table import BASE
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import json_text

US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
OMB = "urn:oid:2.16.840.1.113883.6.238"
RACES = {
    "native": ("1002-5", "American Indian or Alaska Native"),
    "asian": ("2028-9", "Asian"),
    "black": ("2054-5", "Black or African American"),
    "pacific_islander": ("2076-8", "Native Hawaiian or Other Pacific Islander"),
    "white": ("2106-3", "White"),
    "middle_eastern": ("2118-8", "Middle Eastern or North African"),
}
ETHNICITIES = {
    "hispanic": ("2135-2", "Hispanic or Latino"),
    "not_hispanic": ("2186-5", "Not Hispanic or Latino"),
}
KNOWN_DEATH = 0.6
"""Share of deaths DPH hears of [assumption]."""
TYPE_CODES = "http://terminology.hl7.org/CodeSystem/v2-0203"


def patient_rows(source: Source) -> NDArray[np.intp]:
    """Return the rows of ``Records`` that are DPH patients."""
    return np.flatnonzero(source.records.system == SYSTEMS.index("fhir"))


def _extension(url: str, code: str, display: str) -> str:
    return (
        f'{{"url":"ombCategory","valueCoding":{{"system":"{OMB}","code":"{code}",'
        f'"display":"{display}"}}}}'
    )


def _origins(race: str, ethnicity: str) -> list[str]:
    found = [RACES[name] for name in race.split(";") if name in RACES]
    extensions = []
    if found:
        inner = ",".join(_extension("ombCategory", c, d) for c, d in found)
        text = ", ".join(display for _, display in found)
        extensions.append(
            f'{{"url":"{US_CORE}/us-core-race","extension":[{inner},'
            f'{{"url":"text","valueString":"{text}"}}]}}'
        )
    if ethnicity in ETHNICITIES:
        code, display = ETHNICITIES[ethnicity]
        extensions.append(
            f'{{"url":"{US_CORE}/us-core-ethnicity","extension":['
            f"{_extension('ombCategory', code, display)},"
            f'{{"url":"text","valueString":"{display}"}}]}}'
        )
    return extensions


def _identifier(kind: str, system: str, value: str) -> str:
    return (
        f'{{"type":{{"coding":[{{"system":"{TYPE_CODES}","code":"{kind}"}}]}},'
        f'"system":"{system}","value":"{value}"}}'
    )


def _ssn(value: str) -> str:
    if len(value) == 9:
        return f"{value[:3]}-{value[3:5]}-{value[5:]}"
    return f"xxx-xx-{value}"


class Patients:
    """Patient resources of all DPH records."""

    def __init__(self, source: Source):
        """Work out when each patient's record changes."""
        self.source = source
        self.rows = patient_rows(source)
        profiles, records = source.profiles, source.records
        created = profiles.created[self.rows]
        merged = profiles.merged[self.rows]
        self.gained: dict[int, list[int]] = defaultdict(list)
        for row in self.rows[merged < NEVER].tolist():
            self.gained[int(profiles.into[row])].append(row)
        gains = np.full((len(self.rows), 3), NEVER)
        for place, row in enumerate(self.rows.tolist()):
            if old := self.gained.get(row):
                gains[place, 0] = profiles.merged[old].min()
                gains[place, 1] = profiles.merged[old].max()
                gains[place, 2] = profiles.unmerged[old].min()
        person = records.person[self.rows]
        dies = source.city.people.dies[np.maximum(person, 0)]
        key = self.rows.astype(np.int64)
        heard = day_second(np.maximum(dies, 0), np.int64(9 * HOUR))
        heard = heard + (5 + source.draws.below("death heard", key, 55)) * DAY
        known = source.draws.uniform("death known", person + 1) < KNOWN_DEATH
        self.death = or_never(heard, (dies >= 0) & (person >= 0) & known)
        self.death = np.where(
            self.death < 2**62, np.maximum(self.death, created + 60), self.death
        )
        self.dies = dies
        self.changes = Changes(
            created,
            merged,
            profiles.unmerged[self.rows],
            *gains.T,
            self.death,
            *profiles.mended(self.rows),
            deleted=profiles.deleted[self.rows],
        )

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return Patient ids."""
        return self.source.records.source_record_id[self.rows[rows]].tolist()

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        records = self.rows[rows]
        held = self.source.profiles.at(records, until)
        dead = self.death[rows] <= until
        died = iso_days(np.where(dead, self.dies[rows], -1))
        fields = [getattr(held, name).tolist() for name in HELD]
        lines = zip(records.tolist(), died, *fields, strict=True)
        return [
            self._one(
                row, day, SimpleNamespace(**dict(zip(HELD, rest, strict=True))), until
            )
            for row, day, *rest in lines
        ]

    def _one(self, row: int, died: str, held: SimpleNamespace, until: int) -> str:
        records, profiles = self.source.records, self.source.profiles
        merged = bool(profiles.is_merged(row, until))
        parts = [f'"active":{"false" if merged else "true"}']
        if extensions := _origins(held.race, held.ethnicity):
            parts.append(f'"extension":[{",".join(extensions)}]')
        numbers = [_identifier("MR", f"{BASE}/mrn", f"MRN{1_000_000 + row}")]
        if held.ssn:
            system = "http://hl7.org/fhir/sid/us-ssn"
            numbers.append(_identifier("SS", system, _ssn(held.ssn)))
        parts.append(f'"identifier":[{",".join(numbers)}]')
        given = ",".join(json_text(g) for g in (held.first, held.middle) if g)
        names = []
        if held.last or given:
            name = '{"use":"official"'
            name += f',"family":{json_text(held.last)}' if held.last else ""
            name += f',"given":[{given}]' if given else ""
            name += f',"suffix":[{json_text(held.suffix)}]' if held.suffix else ""
            names.append(name + "}")
        if held.alias:
            names.append(f'{{"use":"nickname","given":[{json_text(held.alias)}]}}')
        if names:
            parts.append(f'"name":[{",".join(names)}]')
        reach = [("phone", held.phone, "mobile"), ("email", held.email, "home")]
        telecom = [
            f'{{"system":"{kind}","value":{json_text(value)},"use":"{use}"}}'
            for kind, value, use in reach
            if value
        ]
        if telecom:
            parts.append(f'"telecom":[{",".join(telecom)}]')
        gender = {"F": "female", "M": "male"}.get(held.sex, "unknown")
        parts.append(f'"gender":"{gender}"')
        if held.dob:
            parts.append(f'"birthDate":"{held.dob}"')
        if died:
            parts.append(f'"deceasedDateTime":"{died}"')
        if held.address or held.zip:
            line = f'"line":[{json_text(held.address)}],' if held.address else ""
            parts.append(
                f'"address":[{{{line}"city":{json_text(held.city or "San Francisco")},'
                f'"state":"CA","postalCode":"{held.zip}"}}]'
            )
        links = []
        if merged:
            other = records.source_record_id[profiles.into[row]]
            links.append(_link(other, "replaced-by"))
        for old in self.gained.get(row, []):
            if profiles.is_merged(old, until):
                links.append(_link(records.source_record_id[old], "replaces"))
        if links:
            parts.append(f'"link":[{",".join(links)}]')
        return ",".join(parts)


HELD = (
    "first",
    "middle",
    "last",
    "suffix",
    "alias",
    "dob",
    "ssn",
    "sex",
    "race",
    "ethnicity",
    "phone",
    "email",
    "address",
    "city",
    "zip",
)
"""Fields of ``Records`` a Patient shows."""


def _link(other: str, kind: str) -> str:
    return f'{{"other":{{"reference":"Patient/{other}"}},"type":"{kind}"}}'
