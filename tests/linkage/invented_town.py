"""A small invented town with known truth, hard in the ways the street is hard.

Belongs here: people, their kin, and what four systems write down about them. Does not
belong here: the made-up city of ``dagster_project.synthetic``, which is another town by
another hand.
"""

import random
import string

import pyarrow as pa

from dagster_project.linkage.word_lists import words
from tests.linkage.invented_names import (
    FORENAMES,
    NICKNAMES,
    SHELTERS,
    STREETS,
    SURNAMES,
)

COLUMNS = words(
    """
    client_record_id source_system first_name middle_name last_name suffix aliases
    dob dob_precision birth_year_low birth_year_high sex ssn phone email address
    city zip
    """
)
RATES = {
    "hmis": dict(none=0.02, part=0.03, name=0.06, dob=0.03, nodob=0.03, year=0.02),
    "fhir": dict(none=0.015, part=0.005, name=0.06, dob=0.025, nodob=0.01, year=0.005),
    "epcr": dict(none=0.08, part=0.05, name=0.12, dob=0.09, nodob=0.09, year=0.03),
    "team_log": dict(none=0.28, part=0.3, name=0.16, dob=0.12, nodob=0.55, year=0.3),
}
"""Shares of records with no name, a part of it, an error in it, ..."""
SSN = {
    "hmis": (0.35, 0.08, 0.05),
    "fhir": (0.42, 0.04, 0.03),
    "epcr": (0.08, 0.02, 0.1),
}
PHONE = {"hmis": (0.5, 0.14), "fhir": (0.65, 0.06), "epcr": (0.3, 0.08)}


class Town:
    """Draws people and their records from one seed."""

    def __init__(self, people: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.people = [self._person() for _ in range(people)]
        for number in range(0, people - 1, 2):
            self._maybe_kin(self.people[number], self.people[number + 1])

    def _zipf(self, values: list[str]) -> str:
        return values[int(len(values) ** self.draw.random()) - 1]

    def _surname(self) -> str:
        if self.draw.random() < 0.5:
            return self._zipf(SURNAMES)
        ends = ("son", "ez", "ova", "wala", "stein", "ino", "berg", "ang", "ell", "aki")
        starts = words("bar cor del fen gri hol jar kel lom mar nor pel quin ros sal")
        middle = words("ad an el en id il on or ul um")
        pick = self.draw.choice
        return (pick(starts) + pick(middle) + pick(ends)).capitalize()

    def _person(self) -> dict:
        draw = self.draw
        year, month, day = (draw.randint(*x) for x in ((1945, 2004), (1, 12), (1, 28)))
        born = f"{year}-{month:02}-{day:02}"
        return {
            "first": self._zipf(FORENAMES),
            "middle": self._zipf(FORENAMES) if draw.random() < 0.5 else "",
            "last": self._surname(),
            "suffix": "",
            "dob": born,
            "sex": draw.choice("FM"),
            "ssn": f"7{draw.randint(34, 49)}{draw.randint(100000, 999999)}"
            if draw.random() < 0.85
            else "",
            "phone": f"628555{draw.randint(0, 9999):04}" if draw.random() < 0.7 else "",
            "address": f"{draw.randint(1, 999)} {draw.choice(STREETS)}"
            if draw.random() < 0.4
            else "",
            "zip": draw.choice(["94102", "94103", "94110", "94124", "94117", "94114"]),
            "shelter": draw.choice(SHELTERS),
            "severity": min(40.0, draw.lognormvariate(0, 1.0)),
        }

    def _maybe_kin(self, one: dict, two: dict) -> None:
        """Make some neighbours twins, father and son, siblings or namesakes."""
        kind = self.draw.random()
        if kind < 0.02:
            two.update(last=one["last"], dob=one["dob"], address=one["address"])
            two.update(phone=one["phone"], sex=one["sex"], zip=one["zip"])
        elif kind < 0.06:
            two.update({k: one[k] for k in ("first", "last", "sex", "address", "zip")})
            two["dob"] = f"{int(one['dob'][:4]) - 24}{two['dob'][4:]}"
            one["suffix"], two["suffix"] = "Jr", "Sr"
        elif kind < 0.12:
            two.update({k: one[k] for k in ("last", "address", "zip", "phone")})
        elif kind < 0.18:
            two.update({k: one[k] for k in ("first", "last", "sex")})
            two["dob"] = one["dob"][:4] + two["dob"][4:]

    def typo(self, text: str) -> str:
        if len(text) < 2:
            return text
        place = self.draw.randrange(len(text) - 1)
        letter = self.draw.choice(string.ascii_lowercase)
        return self.draw.choice(
            [
                text[:place] + letter + text[place + 1 :],
                text[:place] + text[place + 1 :],
                text[: place + 1] + letter + text[place + 1 :],
                text[:place] + text[place + 1] + text[place] + text[place + 2 :],
            ]
        )

    def _names(self, person: dict, source: str) -> dict:
        draw, rates = self.draw, RATES[source]
        first, last, middle, alias = (
            person["first"],
            person["last"],
            person["middle"],
            "",
        )
        kind = draw.random()
        if kind < rates["none"]:
            nobody = [("John", "Doe"), ("Unknown", "Unknown"), ("", ""), ("Trauma", "")]
            first, last = draw.choice(nobody)
            middle = ""
        elif kind < rates["none"] + rates["part"]:
            part = draw.random()
            if part < 0.5:
                last = ""
            elif part < 0.75:
                last, first = last[:1], first
            else:
                alias, last = (
                    draw.choice(["Red", "Slim", "Mama T", "Ghost", "Pops"]),
                    "",
                )
        elif draw.random() < rates["name"]:
            error = draw.random()
            if error < 0.55:
                if draw.random() < 0.5:
                    first = self.typo(first)
                else:
                    last = self.typo(last)
            elif error < 0.75:
                first = NICKNAMES.get(first, self.typo(first))
            elif error < 0.83:
                first, last = last, first
            elif error < 0.94:
                last = (
                    last.split("-")[0].split(" ")[0] if "-" in last else self._surname()
                )
            else:
                first = self._zipf(FORENAMES)
        if draw.random() < 0.3:
            first, last = first.upper(), last.upper()
        if middle:
            middle = draw.choice([middle, middle[0], ""])
        suffix = person["suffix"] if draw.random() < 0.4 else ""
        return dict(
            first_name=first,
            middle_name=middle,
            last_name=last,
            suffix=suffix,
            aliases=alias,
        )

    def _birth(self, person: dict, source: str) -> dict:
        draw, rates = self.draw, RATES[source]
        dob, kind = person["dob"], draw.random()
        if draw.random() < rates["dob"]:
            year, month, day = dob.split("-")
            dob = draw.choice(
                [
                    f"{year}-01-01",
                    f"{year}-{min(12, int(day)):02}-{month}",
                    f"{year}-{month}-{draw.randint(1, 28):02}",
                    f"{int(year) + draw.choice([-10, -1, 1, 10])}-{month}-{day}",
                ]
            )
        low = high = None
        precision = "day"
        if kind < rates["nodob"]:
            dob, precision = None, None
            if source == "team_log" and draw.random() < 0.6:
                guess = int(person["dob"][:4]) + draw.randint(-5, 5)
                low, high = guess - 5, guess + 5
        elif kind < rates["nodob"] + rates["year"]:
            dob, precision = f"{dob[:4]}-01-01", "year"
        return dict(
            dob=dob, dob_precision=precision, birth_year_low=low, birth_year_high=high
        )

    def _numbers(self, person: dict, source: str) -> dict:
        draw = self.draw
        ssn, phone = "", ""
        full, last4, wrong = SSN.get(source, (0, 0, 0))
        if person["ssn"] and (kind := draw.random()) < full + last4:
            ssn = person["ssn"] if kind < full else person["ssn"][-4:]
            if draw.random() < wrong:
                place = draw.randrange(3, len(ssn)) if len(ssn) == 9 else 0
                ssn = ssn[:place] + str(draw.randint(1, 9)) + ssn[place + 1 :]
        has, shared = PHONE.get(source, (0.05, 0.3))
        if draw.random() < has:
            phone = person["shelter"][1] if draw.random() < shared else person["phone"]
        address = person["address"]
        if draw.random() < 0.4:
            address = person["shelter"][0]
        if source == "team_log" or draw.random() < 0.3:
            address = ""
        place = person["zip"] if draw.random() < 0.8 else ""
        return dict(ssn=ssn, phone=phone, email="", address=address, zip=place)

    def record(self, person: dict, source: str) -> dict:
        sex = person["sex"] if self.draw.random() < 0.95 else ""
        return {
            "source_system": source,
            **self._names(person, source),
            **self._birth(person, source),
            **self._numbers(person, source),
            "sex": "" if source == "team_log" and self.draw.random() < 0.15 else sex,
            "city": "San Francisco",
        }


def invented_records(people: int, seed: int = 1) -> tuple[pa.Table, dict[str, int]]:
    """Return records of four systems and the true person of each record id."""
    town = Town(people, seed)
    draw, rows, truth = town.draw, [], {}
    for number, person in enumerate(town.people):
        for source, chance, again in (("hmis", 0.75, 0.1), ("fhir", 0.8, 0.09)):
            profiles = (draw.random() < chance) + (draw.random() < again)
            made = [town.record(person, source) for _ in range(profiles)]
            rows += [(number, row) for row in made]
        last = None
        for _ in range(min(60, int(draw.expovariate(1 / (2.0 * person["severity"]))))):
            copied = last is not None and draw.random() < 0.5
            last = dict(last) if copied else town.record(person, "epcr")
            rows.append((number, last))
        for _ in range(int(draw.expovariate(1 / (0.7 * person["severity"])))):
            rows.append((number, town.record(person, "team_log")))
    draw.shuffle(rows)
    table = []
    for place, (number, row) in enumerate(rows):
        record = f"{row['source_system']}:{place:06}"
        truth[record] = number
        table.append({"client_record_id": record, **row})
    columns = {c: [row[c] or None for row in table] for c in COLUMNS}
    kinds = {c: pa.int32() for c in ("birth_year_low", "birth_year_high")}
    return (
        pa.table(
            {c: pa.array(v, kinds.get(c, pa.string())) for c, v in columns.items()}
        ),
        truth,
    )
