"""People planted in the invented town for the cases that must hold.

Belongs here: their records, case by case, each several times and with names of many
languages. Does not belong here: what must become of them (``test_must_hold``).
"""

from collections import defaultdict

import pyarrow as pa

from tests.linkage.invented_names import FORENAMES, SURNAMES
from tests.linkage.invented_town import COLUMNS, invented_records
from tests.linkage.planted_names import (
    ANOTHER_FORENAME_AND_SEX,
    DEATHS,
    FATHERS,
    NUMBER_SLIPS,
    ONE_PERSON_TWO_NAMES,
    OTHER_SEX,
    SWAPPED_DATES,
    TWINS,
)

DATED = ("died_on", "last_seen_on")
WHOLE = ("birth_year_low", "birth_year_high")

SHARED_NUMBER = "731450060"


class Planted:
    """The town's records with the planted ones, which are known by case and person."""

    def __init__(self, people: int, seed: int) -> None:
        self.of: dict[str, list[list[str]]] = defaultdict(list)
        self._rows: list[dict] = []
        self._place = 0
        town, _ = invented_records(people, seed)
        for plant in (_kin, _dates, _names, _numbers, _nobody, _deaths):
            plant(self)
        kinds = dict.fromkeys(WHOLE, pa.int32())
        columns = {
            c: pa.array([r.get(c) for r in self._rows], kinds.get(c, pa.string()))
            for c in (*COLUMNS, *DATED)
        }
        for name in DATED:
            town = town.append_column(name, pa.nulls(town.num_rows, pa.string()))
        self.records = pa.concat_tables([town, pa.table(columns)])

    def person(self, case: str, *records: dict, **shared) -> None:
        """Plant one person's records; each names its source and what is its own."""
        ids = []
        for number, record in enumerate(records):
            own = f"planted:{len(self._rows):04}:{number}"
            row = {"city": "San Francisco", "dob_precision": "day", **shared, **record}
            row["client_record_id"] = own
            self._rows.append(row)
            ids.append(own)
        self.of[case].append(ids)

    def born(self) -> str:
        """Return a date of birth that no other planted person has."""
        self._place += 1
        n = self._place * 37
        return f"{1950 + n % 47}-{1 + n % 11:02}-{13 + n % 14}"

    def home(self) -> dict:
        """Return a place and telephone that no other planted home has."""
        self._place += 1
        zip_code = ("94102", "94103", "94110", "94124")[self._place % 4]
        phone = f"415556{1000 + self._place * 13:04}"
        address = f"{2000 + self._place} Cypress Row"
        return {"address": address, "phone": phone, "zip": zip_code}


def _named(source: str, first: str, last: str, middle: str = "", **more) -> dict:
    return {
        "source_system": source,
        "first_name": first,
        "middle_name": middle or None,
        "last_name": last,
        **more,
    }


def _kin(planted: Planted) -> None:
    for case, number in ((c, n) for c in TWINS for n in range(len(TWINS[c]))):
        *firsts, last = TWINS[case][number]
        home = {**planted.home(), "dob": planted.born(), "sex": "F"}
        for first, area in zip(firsts, ("734", "745"), strict=True):
            if case.endswith("SSNs"):
                home["ssn"] = f"{area}{31 + 17 * number}{area[::-1]}{number}"
            sources = ("hmis", "fhir", "epcr")
            planted.person(case, *(_named(s, first, last) for s in sources), **home)
    for first, last, years in FATHERS:
        home, born = {**planted.home(), "sex": "M"}, planted.born()
        older = f"{int(born[:4]) - years}-0{years % 9 + 1}-09"
        for suffix, dob in (("Jr", born), ("Sr", older)):
            own = {**home, "dob": dob, "suffix": suffix}
            sources = ("hmis", "fhir")
            planted.person(
                "father and son", *(_named(s, first, last) for s in sources), **own
            )


def _dates(planted: Planted) -> None:
    for first, last, dob, turned in SWAPPED_DATES:
        planted.person(
            "day and month swapped",
            _named("hmis", first, last, dob=dob),
            _named("fhir", first, last, dob=turned),
            sex="F",
            zip=planted.home()["zip"],
        )


def _names(planted: Planted) -> None:
    for case, people in ONE_PERSON_TWO_NAMES.items():
        for (first, middle, last), (first_2, middle_2, last_2) in people:
            planted.person(
                case,
                _named("hmis", first, last, middle),
                _named("fhir", first_2, last_2, middle_2),
                dob=planted.born(),
                sex="M",
                zip=planted.home()["zip"],
            )


def _numbers(planted: Planted) -> None:
    for first, last, ssn, wrong in NUMBER_SLIPS:
        planted.person(
            "wrong digit in the SSN",
            _named("hmis", first, last, ssn=ssn),
            _named("fhir", first, last, ssn=wrong),
            dob=planted.born(),
            sex="F",
        )
    for first, last, sex, other in OTHER_SEX:
        planted.person(
            "another sex",
            _named("hmis", first, last, sex=sex),
            _named("fhir", first, last, sex=other),
            dob=planted.born(),
            zip=planted.home()["zip"],
        )
    for first, last, sex, other_first, other, ssn in ANOTHER_FORENAME_AND_SEX:
        planted.person(
            "another forename and sex",
            _named("hmis", first, last, sex=sex),
            _named("fhir", other_first, last, sex=other),
            dob=planted.born(),
            ssn=ssn,
            zip=planted.home()["zip"],
        )
    for number in range(60):
        first = FORENAMES[number * 37 % len(FORENAMES)]
        last = SURNAMES[number * 41 % len(SURNAMES)]
        source = ("hmis", "fhir", "epcr")[number % 3]
        own = _named(source, first, last, dob=planted.born())
        planted.person("one SSN for sixty", own, ssn=SHARED_NUMBER)


def _nobody(planted: Planted) -> None:
    for source in ("hmis", "fhir", "epcr", "epcr", "team_log"):
        row = _named(source, "John", "Doe", dob="1900-01-01", sex="M")
        planted.person("John Doe", row)


def _deaths(planted: Planted) -> None:
    for first, last in DEATHS:
        planted.person(
            "alive after a death",
            _named("fhir", first, last, died_on="2025-03-01"),
            _named("hmis", first, last, last_seen_on="2025-05-10"),
            _named("epcr", first, last, last_seen_on="2025-06-20"),
            dob=planted.born(),
            **planted.home(),
        )
