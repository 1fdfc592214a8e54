"""Make files of made-up people of any size, with the true person of each record.

Belongs here: what sources write down, how completely and how wrongly; the profiles.
Does not belong here: the people themselves (``made_up_lives``), what a single mistake
looks like (``made_up_slips``). Deterministic by seed.

    python -m benchmarks.made_up_people --records 100000 --profile full --out x.parquet
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks import made_up_slips as slips
from benchmarks.made_up_lives import Lives, make_lives
from benchmarks.made_up_slips import slip, some

COLUMNS = (
    "first_name",
    "middle_name",
    "last_name",
    "dob",
    "sex",
    "ssn",
    "phone",
    "email",
    "address",
    "city",
    "zip",
)


@dataclass(frozen=True)
class Source:
    """A department: its share of the records, its carelessness, what it lacks."""

    share: float
    slips: float
    missing: Mapping[str, float]


@dataclass(frozen=True)
class Profile:
    """A kind of file."""

    columns: tuple[str, ...]
    sources: tuple[Source, ...]
    again: float
    """Chance of one more record after each: the mean is 1 / (1 - again)."""
    heavy: float
    """Share of people met very often."""
    noise: float = 1.0
    once_per_source: bool = False


CLINIC = Source(
    0.4,
    0.6,
    dict(middle_name=0.4, ssn=0.45, phone=0.25, email=0.5, address=0.2, dob=0.01),
)
SHELTER = Source(
    0.25,
    1.0,
    dict(middle_name=0.6, ssn=0.5, phone=0.5, email=0.8, address=0.6, dob=0.04),
)
AMBULANCE = Source(
    0.2,
    1.6,
    dict(
        first_name=0.04, middle_name=0.9, last_name=0.05, dob=0.1, ssn=0.85,
        phone=0.6, email=1.0, address=0.4, sex=0.02,
    ),
)  # fmt: skip
OUTREACH = Source(
    0.15,
    2.0,
    dict(
        first_name=0.03, middle_name=0.95, last_name=0.2, dob=0.4, ssn=0.97,
        phone=0.9, email=1.0, address=0.8, zip=0.5, sex=0.08,
    ),
)  # fmt: skip
REGISTER = Source(0.5, 0.8, dict(middle_name=0.3, address=0.03, zip=0.02))
PANEL = Source(0.5, 1.2, dict(first_name=0.01, middle_name=0.5, address=0.08))
PARISH = Source(
    1.0, 1.5, dict(first_name=0.03, middle_name=0.7, dob=0.12, city=0.1, sex=0.05)
)
STREET = (CLINIC, SHELTER, AMBULANCE, OUTREACH)

PROFILES = {
    "full": Profile(COLUMNS, STREET, again=0.5, heavy=0.03),
    "names_dob_city": Profile(
        ("first_name", "last_name", "dob", "city"), STREET[:2], again=0.6, heavy=0.0
    ),
    "names_and_dates_only": Profile(
        ("first_name", "last_name", "dob"), (SHELTER,), again=0.4, heavy=0.0
    ),
    "names_and_address_two_sources": Profile(
        ("first_name", "middle_name", "last_name", "address", "city", "zip"),
        (REGISTER, PANEL),
        again=0.6,
        heavy=0.0,
        once_per_source=True,
    ),
    "historical": Profile(
        ("first_name", "middle_name", "last_name", "dob", "sex", "city"),
        (PARISH,),
        again=0.88,
        heavy=0.02,
        noise=1.5,
    ),
}
"""The kinds of file the benchmarks use; ``historical`` holds many records a person."""

HEAVY = (2.6, 0.7, 80)
"""Log-normal mean and deviation of the records of a person met often; most at all."""


def made_up_people(
    records: int, profile: str = "full", noise: float = 1.0, seed: int = 1
) -> pa.Table:
    """Return ``records`` rows: record_id, source, the profile's columns, true_person.

    Args:
        records: how many rows.
        profile: one of ``PROFILES``.
        noise: factor on every chance of a mistake or a missing value.
        seed: the same seed gives the same bytes.
    """
    kind = PROFILES[profile]
    noise = noise * kind.noise
    rng = np.random.default_rng([seed, list(PROFILES).index(profile)])
    person = _persons(records, kind, rng)
    lives = make_lives(int(person[-1]) + 1, rng)
    shares = np.array([source.share for source in kind.sources])
    source = rng.choice(len(shares), records, p=shares / shares.sum())
    if kind.once_per_source:
        source = np.arange(records) - np.searchsorted(person, person, side="left")
    columns = _written_down(person, lives, rng)
    careless = np.array([s.slips for s in kind.sources])[source] * noise
    _make_slips(columns, careless, rng)
    order = rng.permutation(records)
    table = {
        "record_id": pa.array([f"r{number:08}" for number in range(records)]),
        "source": pa.array([f"source_{code}" for code in source[order].tolist()]),
    }
    for name in kind.columns:
        gone = np.array([s.missing.get(name, 0.01) for s in kind.sources])[source]
        values = columns[name]
        values[some(records, np.minimum(gone * noise**0.5, 1.0), rng)] = None
        table[name] = pa.array(values[order], pa.string())
    table["true_person"] = pa.array([f"p{code}" for code in person[order].tolist()])
    return pa.table(table)


def _persons(records: int, kind: Profile, rng: Generator) -> NDArray[np.int64]:
    """Return the person of each record, rising."""
    counts = rng.geometric(1 - kind.again, records)
    if kind.once_per_source:
        counts = np.minimum(counts, len(kind.sources))
    heavy = some(records, kind.heavy, rng)
    mean, deviation, most = HEAVY
    often = rng.lognormal(mean, deviation, len(heavy)).astype(int) + 1
    counts[heavy] = np.minimum(often, most)
    enough = int(np.searchsorted(np.cumsum(counts), records)) + 1
    return np.repeat(np.arange(enough), counts[:enough])[:records]


def _written_down(person: NDArray, lives: Lives, rng: Generator) -> dict[str, NDArray]:
    """Return what each record would hold without a mistake, at its time."""
    time = rng.random(len(person))
    settled = time < lives.home_turn[person]
    home = np.where(settled, lives.address[person], lives.later_address[person])
    before = time < lives.name_turn[person]
    phone = np.where(settled, lives.phone[person], lives.later_phone[person])
    born = lives.born.astype(str).astype(object)
    return {
        "first_name": lives.first[person],
        "middle_name": lives.middle[person],
        "last_name": np.where(before, lives.last[person], lives.later_last[person]),
        "dob": born[person],
        "sex": lives.sex[person],
        "ssn": lives.ssn[person],
        "phone": phone,
        "email": lives.email[person],
        "address": lives.streets[home],
        "city": lives.towns[home],
        "zip": lives.zips[home],
    }


CHANCES = (
    ("first_name", 0.025, slips.key_slip),
    ("first_name", 0.008, slips.scanned),
    ("first_name", 0.015, slips.misheard),
    ("first_name", 0.03, slips.short_form),
    ("first_name", 0.008, slips.initial),
    ("middle_name", 0.5, slips.initial),
    ("middle_name", 0.02, slips.key_slip),
    ("last_name", 0.025, slips.key_slip),
    ("last_name", 0.008, slips.scanned),
    ("last_name", 0.02, slips.misheard),
    ("last_name", 0.02, slips.half_name),
    ("dob", 0.03, slips.date_slip),
    ("dob", 0.01, slips.first_of_january),
    ("ssn", 0.03, slips.digit_slip),
    ("ssn", 0.08, slips.last_four),
    ("phone", 0.03, slips.digit_slip),
    ("email", 0.03, slips.key_slip),
    ("address", 0.35, slips.abbreviated),
    ("address", 0.05, slips.key_slip),
    ("city", 0.03, slips.key_slip),
    ("zip", 0.03, slips.digit_slip),
)
"""Chance of each mistake in a source of average care."""

EXCHANGED, OTHER_NAME, KIN_NUMBER = 0.008, 0.008, 0.003
"""Chance that names stand in each other's place, that another name is given, and that
the SSN of the person before in the file (often kin) is written down."""


def _make_slips(columns: dict, careless: NDArray, rng: Generator) -> None:
    count = len(careless)
    first, last = columns["first_name"], columns["last_name"]
    for name, chance, kind in CHANCES:
        slip(columns[name], some(count, chance * careless, rng), kind, rng)
    rows = some(count, EXCHANGED * careless, rng)
    first[rows], last[rows] = last[rows], first[rows]
    rows = some(count, OTHER_NAME * careless, rng)
    first[rows] = first[rng.integers(0, count, len(rows))]
    rows = some(count, KIN_NUMBER * careless, rng)
    columns["ssn"][rows] = columns["ssn"][np.maximum(rows - 3, 0)]
    rows = some(count, 0.3, rng)
    slip(first, rows, slips.upper, rng)
    slip(last, rows, slips.upper, rng)


def main() -> None:
    """Write a file of made-up people."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--profile", choices=PROFILES, default="full")
    parser.add_argument("--noise", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", required=True, help="Parquet file to write")
    given = parser.parse_args()
    table = made_up_people(given.records, given.profile, given.noise, given.seed)
    pq.write_table(table, given.out)


if __name__ == "__main__":
    main()
