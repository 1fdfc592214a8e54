"""HMIS Client, Organization and Project rows.

Belongs here: the spelling of people and places in HMIS codes.
Does not belong here: enrolments and what happens in them.

Shapes a reader needs: SSN nine digits, or ``xxxxx1234`` with SSNDataQuality 2; race
columns 0/1, RaceNone 99 when none is known; FY2024 gender columns 0/1 with GenderNone
99; FY2026 Sex 0 female, 1 male, 99. A merge deletes the merged Client row and relinks
every row that hung on it to the survivor's PersonalID. The shelter type stands in
Project.ProjectCommonName (HUD has no column for it).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import PROJECTS, SYSTEMS
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import csv_fields

COC = "CA-501"
"""San Francisco's continuum of care."""
RACE_COLUMNS = {
    "AmIndAKNative": ("native",),
    "Asian": ("asian",),
    "BlackAfAmerican": ("black",),
    "MidEastNAfrican": ("middle_eastern",),
    "NativeHIPacific": ("pacific_islander",),
    "White": ("white",),
}
"""HMIS column by the names ``Records.race`` joins with semicolons."""
ORGANIZATIONS = (
    ("O01", "Golden Gate Shelter Alliance", 0, range(0, 7)),
    ("O02", "Alder and Harbor Homes", 0, range(7, 10)),
    ("O03", "City Outreach Collaborative", 0, range(10, 12)),
    ("O04", "Safe Steps", 1, range(12, 13)),
)
"""Id, invented name, VictimServiceProvider, positions in ``PROJECTS``."""
COMMON_NAMES = {
    "congregate": "Congregate Shelter",
    "navigation_center": "Navigation Center",
    "non_congregate": "Non-Congregate Shelter",
    "family": "Family Shelter",
    "safe_sleep": "Safe Sleep",
    "permanent_housing": "Permanent Housing",
    "treatment": "Residential Treatment",
    "outreach": "Street Outreach",
    "coordinated_entry": "Coordinated Entry",
    "victim_services": "Victim Services",
}


def project_ids() -> list[str]:
    """Return the ProjectID of each row of ``PROJECTS``."""
    return [f"P{number + 1:02d}" for number in range(len(PROJECTS))]


def organizations(_rows: NDArray[np.intp], _until: int) -> dict[str, list]:
    """Return the Organization columns."""
    return {
        "OrganizationID": [row[0] for row in ORGANIZATIONS],
        "OrganizationName": [row[1] for row in ORGANIZATIONS],
        "VictimServiceProvider": [row[2] for row in ORGANIZATIONS],
        "UserID": ["admin"] * len(ORGANIZATIONS),
    }


def projects(_rows: NDArray[np.intp], _until: int) -> dict[str, list]:
    """Return the Project columns."""
    owner = {p: row[0] for row in ORGANIZATIONS for p in row[3]}
    kinds = [project[0] for project in PROJECTS]
    types = [project[2] for project in PROJECTS]
    return {
        "ProjectID": project_ids(),
        "OrganizationID": [owner[n] for n in range(len(PROJECTS))],
        "ProjectName": [project[1] for project in PROJECTS],
        "ProjectCommonName": [COMMON_NAMES[kind] for kind in kinds],
        "OperatingStartDate": ["2019-07-01"] * len(PROJECTS),
        "ContinuumProject": [0 if k == "victim_services" else 1 for k in kinds],
        "ProjectType": types,
        "HousingType": [3 if t == 13 else "" if t in (4, 14) else 1 for t in types],
        "RRHSubType": [2 if t == 13 else "" for t in types],
        "TargetPopulation": [1 if k == "victim_services" else 4 for k in kinds],
        "UserID": ["admin"] * len(PROJECTS),
    }


def client_rows(source: Source) -> NDArray[np.intp]:
    """Return the rows of ``Records`` that are HMIS profiles."""
    return np.flatnonzero(source.records.system == SYSTEMS.index("hmis"))


def _gender(codes: list[str]) -> dict[str, list]:
    woman = [int(code in ("woman", "transgender_woman")) for code in codes]
    man = [int(code in ("man", "transgender_man")) for code in codes]
    trans = [int(code.startswith("transgender")) for code in codes]
    return {
        "Woman": woman,
        "Man": man,
        "NonBinary": [int(code == "non_binary") for code in codes],
        "CulturallySpecific": [0] * len(codes),
        "Transgender": trans,
        "Questioning": [0] * len(codes),
        "DifferentIdentity": [0] * len(codes),
        "GenderNone": ["" if code else 99 for code in codes],
    }


def _ssn(value: str) -> str:
    return f"xxxxx{value}" if len(value) == 4 else value


class Clients:
    """Client rows of all HMIS profiles."""

    def __init__(self, source: Source):
        """Take the profiles."""
        self.source = source
        self.rows = client_rows(source)
        self.changes = source.profiles.changes(self.rows)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of both standards; the header decides which appear."""
        records = self.rows[rows]
        held = self.source.profiles.at(records, until)
        races = [set(text.split(";")) - {""} for text in held.race]
        hispanic = held.ethnicity
        person = self.source.records.person[records]
        veteran = self.source.city.people.veteran[np.maximum(person, 0)]
        veteran = np.where(person >= 0, veteran.astype(int), 99)
        latino = [int(value == "hispanic") for value in hispanic]
        unknown = [
            not r and h != "hispanic" for r, h in zip(races, hispanic, strict=True)
        ]
        columns: dict[str, list] = {
            "PersonalID": self.source.records.source_record_id[records].tolist(),
            "FirstName": csv_fields(held.first),
            "MiddleName": csv_fields(held.middle),
            "LastName": csv_fields(held.last),
            "NameSuffix": csv_fields(held.suffix),
            "NameDataQuality": held.name_quality.tolist(),
            "SSN": [_ssn(value) for value in held.ssn],
            "SSNDataQuality": held.ssn_quality.tolist(),
            "DOB": held.dob.tolist(),
            "DOBDataQuality": held.dob_quality.tolist(),
            "Sex": [{"F": 0, "M": 1}.get(value, 99) for value in held.sex],
            "HispanicLatinaeo": latino,
            "HispanicLatinao": latino,
            "RaceNone": [99 if missing else "" for missing in unknown],
            "VeteranStatus": veteran.tolist(),
            "UserID": ["intake"] * len(rows),
        }
        for column, names in RACE_COLUMNS.items():
            columns[column] = [int(any(n in race for n in names)) for race in races]
        return columns | _gender(held.gender.tolist())
