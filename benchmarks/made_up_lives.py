"""The people of a made-up file: homes, names, births, numbers and addresses.

Belongs here: what is true of a person. Does not belong here: what a source wrote down
(``made_up_people``) and got wrong (``made_up_slips``).

Names come from the lists of the synthetic city, nothing else does: this is another
town by another hand, quick to make at any size.
"""

from dataclasses import dataclass
from unicodedata import normalize

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dagster_project.synthetic.names.lists import (
    NameList,
    census_surnames,
    given_names,
    rare_surnames,
    surnames_by_hand,
)

Texts = NDArray[np.object_]

POOLS = (
    ("white", 0.44, "english"),
    ("latino", 0.2, "spanish"),
    ("black", 0.12, "black"),
    ("chinese", 0.08, "chinese"),
    ("filipino", 0.05, "filipino"),
    ("vietnamese", 0.03, "vietnamese"),
    ("russian", 0.02, "russian"),
    ("arab", 0.02, "arab"),
    ("south_asian", 0.02, "south_asian"),
    ("samoan", 0.01, "samoan"),
    ("native", 0.01, "native"),
)
"""Surname list, share of homes and given-name list of each people [A]."""

CENSUS = ("white", "latino", "black", "native")
ENGLISH_GIVEN = 0.45
"""Share of people of any list with an English given name [A]."""

COINED = 0.12
"""Share of homes with a coined surname: a big town has more surnames than any list."""

TOWNS = tuple(
    f"{first} {second}"
    for second in ("Landing", "Point", "Grove", "Crossing", "Heights")
    for first in ("Alder", "Quince", "Harrow", "Pelican", "Juniper", "Saltmarsh")
)
KINDS_OF_STREET = ("Street", "Avenue", "Road", "Drive", "Court", "Lane", "Boulevard")
MAIL_HOSTS = ("mail.example", "post.example", "inbox.example", "letters.example")


@dataclass(frozen=True)
class Lives:
    """One entry per person; ``later_*`` holds from ``*_turn`` of the file's span on."""

    first: Texts
    middle: Texts
    last: Texts
    later_last: Texts
    born: NDArray[np.datetime64]
    sex: Texts
    ssn: Texts
    phone: Texts
    later_phone: Texts
    email: Texts
    address: NDArray[np.int64]
    later_address: NDArray[np.int64]
    streets: Texts
    towns: Texts
    zips: Texts
    name_turn: NDArray[np.float64]
    home_turn: NDArray[np.float64]


def make_lives(count: int, rng: Generator) -> Lives:
    """Return ``count`` people living in homes, with twins, namesakes and moves."""
    sizes = np.minimum(rng.geometric(0.5, count), 7)
    home = np.repeat(np.arange(count), sizes)[:count]
    place = np.arange(count) - np.searchsorted(home, home, side="left")
    homes = int(home[-1]) + 1
    pool = rng.choice(len(POOLS), homes, p=np.array([p[1] for p in POOLS]))[home]
    sex = rng.integers(0, 2, count)
    born = _births(place, rng)
    surname = _surnames(pool, rng)
    own = np.where((place > 0) & (rng.random(count) < 0.75), home, -1)
    first_of_home = np.searchsorted(home, home, side="left")
    last = np.where(own >= 0, surname[first_of_home], surname)
    first, middle = _given(pool, sex, born, rng), _given(pool, sex, born, rng)
    earlier = np.maximum(np.arange(count) - 1, 0)
    twin = (place > 1) & (rng.random(count) < 0.02)
    born = np.where(twin, born[earlier], born)
    last = np.where(twin, last[earlier], last)
    junior = (place > 0) & (sex == sex[first_of_home]) & (rng.random(count) < 0.025)
    first = np.where(junior, first[first_of_home], first)
    last = np.where(junior, surname[first_of_home], last)
    last = last + np.where(junior & (rng.random(count) < 0.5), " Jr", "")
    married = (sex == 0) & (rng.random(count) < 0.15)
    hyphen = married & (rng.random(count) < 0.3)
    taken = surname[rng.permutation(count)]
    later_last = np.where(married, np.where(hyphen, last + "-" + taken, taken), last)
    phone, shared = _digits(count, 10, rng, "4"), rng.random(count) < 0.3
    moved = rng.random(count) < 0.35
    streets, towns, zips = _addresses(homes + int(moved.sum()), rng)
    later = home.copy()
    later[moved] = homes + np.arange(moved.sum())
    return Lives(
        first,
        middle,
        last,
        later_last,
        born,
        np.array(["F", "M"], object)[sex],
        _digits(count, 9, rng, "7"),
        np.where(shared, phone[first_of_home], phone),
        np.where(rng.random(count) < 0.3, _digits(count, 10, rng, "5"), phone),
        _emails(first, last, rng),
        home,
        later,
        streets,
        towns,
        zips,
        np.where(married, rng.random(count), 2.0),
        np.where(moved, rng.random(count), 2.0),
    )


def _births(place: NDArray, rng: Generator) -> NDArray[np.datetime64]:
    """Return dates of birth: two adults to a home, then their children."""
    adult = rng.normal(45, 15, len(place))
    child = rng.normal(16, 10, len(place))
    years = np.clip(np.where(place < 2, adult, child), 0, 98)
    days = (years * 365.25).astype(int) + rng.integers(0, 365, len(place))
    return np.datetime64("2026-01-01") - days.astype("timedelta64[D]")


def _draw(names: NameList, count: int, rng: Generator) -> Texts:
    return names.names[names.position(rng.random(count))]


def _surnames(pool: NDArray, rng: Generator) -> Texts:
    out = np.full(len(pool), "", object)
    for code, (name, _, _) in enumerate(POOLS):
        rows = np.flatnonzero(pool == code)
        if name not in CENSUS:
            out[rows] = _draw(surnames_by_hand(name), len(rows), rng)
            continue
        rare = rng.random(len(rows)) < 0.15
        out[rows[~rare]] = _draw(census_surnames(name), int((~rare).sum()), rng)
        out[rows[rare]] = _draw(rare_surnames(name), int(rare.sum()), rng)
    two = np.flatnonzero((pool == 1) & (rng.random(len(pool)) < 0.15))
    out[two] = out[two] + " " + _draw(census_surnames("latino"), len(two), rng)
    coined = np.flatnonzero(rng.random(len(pool)) < COINED)
    out[coined] = _coin(len(coined), rng)
    return out


def _coin(count: int, rng: Generator) -> Texts:
    """Return surnames put together from syllables; some are frequent, most are rare."""
    starts = "Bar Cor Del Fen Gri Hol Jar Kel Lom Mar Nor Pel Quin Ros Sal Tor Ul Ves"
    middles = "ad an ar eb el en id il in ol on or ul um us ag ev ith"
    ends = "son ez ova wala stein ino berg ang ell aki ian sky dal wick mond er"
    parts = [np.array(text.split(), object) for text in (starts, middles, ends)]
    return sum(
        (part[(len(part) * rng.random(count) ** 1.5).astype(int)] for part in parts),
        start=np.full(count, "", object),
    )


def _given(pool: NDArray, sex: NDArray, born: NDArray, rng: Generator) -> Texts:
    out = np.full(len(pool), "", object)
    year = born.astype("datetime64[Y]").astype(int) + 1970
    era = np.searchsorted([1965, 1990], year, side="right")
    english = rng.random(len(pool)) < ENGLISH_GIVEN
    lists = np.array([p[2] for p in POOLS], object)[pool]
    lists[english | (lists == "native")] = "english"
    for name in dict.fromkeys(p[2] for p in POOLS if p[0] != "native"):
        for code, letter in enumerate("FM"):
            for cohort in range(3):
                rows = np.flatnonzero((lists == name) & (sex == code) & (era == cohort))
                listed = given_names(name, letter, cohort)
                out[rows] = _draw(listed, len(rows), rng)
    return out


def _digits(count: int, width: int, rng: Generator, start: str) -> Texts:
    numbers = rng.integers(10 ** (width - 2), 10 ** (width - 1), count)
    return np.array([f"{start}{number}" for number in numbers.tolist()], object)


def _emails(first: Texts, last: Texts, rng: Generator) -> Texts:
    count = len(first)
    numbers = rng.integers(1, 100, count).tolist()
    hosts = np.array(MAIL_HOSTS, object)[rng.integers(0, len(MAIL_HOSTS), count)]
    styles = rng.integers(0, 3, count).tolist()
    made = []
    for given, name, number, host, style in zip(
        first.tolist(), last.tolist(), numbers, hosts.tolist(), styles, strict=True
    ):
        forms = f"{given}.{name}", f"{given[0]}{name}{number}", f"{given}{number}"
        stem = normalize("NFKD", forms[style].replace(" ", "").lower())
        made.append(f"{stem.encode('ascii', 'ignore').decode()}@{host}")
    return np.array(made, object)


def _addresses(count: int, rng: Generator) -> tuple[Texts, Texts, Texts]:
    """Return a street, a town and a zip per home; towns and streets by Zipf's law."""
    names = rare_surnames("white").names
    names = names[(len(names) * rng.random(count) ** 2).astype(int)]
    kind = np.array(KINDS_OF_STREET, object)[
        (len(KINDS_OF_STREET) * rng.random(count) ** 1.5).astype(int)
    ]
    number = (1 + 2400 * rng.random(count) ** 2).astype(int).tolist()
    number = np.array([f"{n} " for n in number], object)
    flat = np.array(["", *(f" Apt {n}" for n in range(1, 40))], object)[
        np.where(rng.random(count) < 0.3, rng.integers(1, 40, count), 0)
    ]
    town = (len(TOWNS) * rng.random(count) ** 2).astype(int)
    code = 30000 + town * 12 + rng.integers(0, 12, count)
    zips = np.array([str(n) for n in range(30000 + len(TOWNS) * 12)], object)
    return (
        number + names + " " + kind + flat,
        np.array(TOWNS, object)[town],
        zips[code],
    )
