"""A hand-made Records for tests of the export, independent of ``identity``.

HMIS and FHIR: a profile per person; ePCR and team log: a record per report. One merge
in each profile system, one correction, one test client.
"""

import numpy as np

from dagster_project.synthetic.city import City
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.records import Corrections, Records

TEXT = [
    "first",
    "middle",
    "last",
    "suffix",
    "alias",
    "dob",
    "ssn",
    "sex",
    "gender",
    "race",
    "ethnicity",
    "phone",
    "email",
    "address",
    "city",
    "zip",
]
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def stand_in_records(city: City) -> tuple[Records, Corrections]:
    """Return records with plain content and two merges."""
    contact = np.searchsorted(city.contacts.contact, city.reports.contact)
    person_of_report = city.contacts.person[contact]
    system, person, source_id, rows_of = [], [], [], {}
    prefix = {0: "hsh:hmis:", 1: "fire:epcr:", 2: "dph:fhir:", 3: "dem:team_log:"}

    def add(code: int, who: int, name: str) -> int:
        system.append(code)
        person.append(who)
        source_id.append(name)
        return len(system) - 1

    record_of_report = np.empty(len(person_of_report), dtype=np.int32)
    for n, (who, code) in enumerate(
        zip(person_of_report.tolist(), city.reports.system.tolist(), strict=True)
    ):
        if SYSTEMS[code] in ("epcr", "team_log"):
            name = f"PCR{n}" if SYSTEMS[code] == "epcr" else f"{n:015d}AAA"
            record_of_report[n] = add(code, who, name)
            continue
        # Two profiles for person 0, the second of which is merged away.
        half = n % 2 if who % 10 == 0 else 0
        key = (code, who, half)
        if key not in rows_of:
            rows_of[key] = add(code, who, f"{SYSTEMS[code]}-{who}-{half}")
        record_of_report[n] = rows_of[key]
    record_of_stay = np.full(len(city.stays.stay), -1, dtype=np.int32)
    for n, who in enumerate(city.stays.person.tolist()):
        if (0, who, 0) not in rows_of:
            rows_of[0, who, 0] = add(0, who, f"hmis-{who}-0")
        record_of_stay[n] = rows_of[0, who, 0]
    count = len(system)
    into = np.full(count, -1)
    merged_day = np.full(count, -1)
    for (code, who, half), row in rows_of.items():
        if half == 1 and (code, who, 0) in rows_of:
            into[row], merged_day[row] = rows_of[code, who, 0], 600
    test = add(0, -1, "hmis-test")
    into, merged_day = np.append(into, -1), np.append(merged_day, -1)
    count = test + 1
    people = city.people
    who = np.array(person)
    fields = {name: np.full(count, "", dtype=object) for name in TEXT}
    for n, number in enumerate(who.tolist()):
        fields["first"][n] = f"José{LETTERS[number % 26]}"
        fields["last"][n] = "O'Neal, Jr" if number % 7 == 0 else f"Name & {number}"
        fields["alias"][n] = "Red" if number % 5 == 0 else ""
        fields["dob"][n] = "1980-01-01" if number % 4 else ""
        fields["ssn"][n] = ("750123456", "3456", "")[number % 3]
        fields["sex"][n] = "FM"[people.sex[max(number, 0)]]
        fields["gender"][n] = ("woman", "man")[people.sex[max(number, 0)]]
        fields["race"][n] = "black;white" if number % 2 else ""
        fields["ethnicity"][n] = "hispanic" if number % 3 == 0 else ""
        fields["phone"][n] = "5555550123"
    whole = np.full(count, -1)
    records = Records(
        record_id=np.array(
            [prefix[s] + i for s, i in zip(system, source_id, strict=True)],
            dtype=object,
        ),
        system=np.array(system),
        source_record_id=np.array(source_id, dtype=object),
        person=who,
        **fields,
        age=np.where(np.arange(count) % 3 == 0, 40, -1),
        name_quality=np.full(count, 1),
        dob_quality=np.full(count, 1),
        ssn_quality=np.full(count, 1),
        created_day=np.full(count, 900),
        updated_day=np.full(count, 900),
        merged_into=into,
        merged_day=merged_day,
        deleted_day=np.where(np.arange(count) == test, 500, whole),
        test_client=np.arange(count) == test,
        linkable=np.ones(count, dtype=bool),
        record_of_report=record_of_report,
        record_of_stay=record_of_stay,
    )
    first_hmis = int(np.flatnonzero(np.array(system) == 0)[0])
    # Two profiles that were one from day 420 to day 640: merged, then taken apart.
    apart = next(
        row
        for (code, _, half), row in rows_of.items()
        if code == 0 and not half and row != first_hmis
    )
    corrections = Corrections(
        row=np.array([first_hmis, first_hmis, apart, apart]),
        field=np.array(["first", "first", "merged_into", "merged_day"], dtype=object),
        before=np.array(["Jose", "Josef", str(first_hmis), "420"], dtype=object),
        day=np.array([500, 700, 640, 640]),
    )
    return records, corrections
