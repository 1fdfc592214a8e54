"""How a value goes wrong on its way into a record.

Belongs here: pure functions from one value and three random numbers to a wrong value.
Does not belong here: how often which happens (``made_up_people``).
"""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dagster_project.synthetic.names.lists import short_forms

Slip = Callable[[str, int, int, int], str]

LETTERS = "abcdefghijklmnopqrstuvwxyz"
NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr",
    "g": "fht", "h": "gjy", "i": "uok", "j": "hku", "k": "jli", "l": "kop",
    "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf",
    "s": "adw", "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs",
    "y": "tuh", "z": "xa",
}  # fmt: skip
"""Keys beside a key."""

LOOKALIKES = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("l", "1"), ("o", "0"), ("e", "c"),
    ("h", "b"), ("u", "v"), ("i", "l"), ("g", "q"), ("vv", "w"), ("n", "ri"),
)  # fmt: skip
"""What a scanner takes for what."""

SOUNDALIKES = (
    ("ph", "f"), ("ck", "k"), ("ie", "y"), ("y", "ie"), ("c", "k"), ("k", "c"),
    ("ee", "ea"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("th", "t"), ("sch", "sh"),
    ("z", "s"), ("s", "z"), ("ei", "ie"), ("ai", "ay"), ("qu", "kw"), ("x", "ks"),
    ("gh", "g"), ("v", "b"), ("er", "ar"), ("an", "en"), ("l", "ll"), ("n", "nn"),
)  # fmt: skip
"""What an ear takes for what."""


def slip(column: NDArray, rows: NDArray, kind: Slip, rng: Generator) -> None:
    """Put ``kind``'s wrong value into ``rows`` of a column, where there is a value."""
    numbers = rng.integers(0, 1 << 30, (len(rows), 3)).tolist()
    for row, (a, b, c) in zip(rows.tolist(), numbers, strict=True):
        value = column[row]
        if value:
            column[row] = kind(value, a, b, c)


def key_slip(text: str, a: int, b: int, c: int) -> str:
    """Return the text with one letter changed, left out, doubled or transposed."""
    at = a % len(text)
    how = b % 5
    if how < 2:
        near = NEIGHBOURS.get(text[at].lower(), LETTERS)
        return text[:at] + near[c % len(near)] + text[at + 1 :]
    if how == 2 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if how == 3 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + LETTERS[c % 26] + text[at:]


def _replaced(text: str, pairs: tuple, a: int, b: int, c: int) -> str:
    fitting = [pair for pair in pairs if pair[0] in text.lower()]
    if not fitting:
        return key_slip(text, a, b, c)
    old, new = fitting[a % len(fitting)]
    at = text.lower().find(old)
    return text[:at] + new + text[at + len(old) :]


def scanned(text: str, a: int, b: int, c: int) -> str:
    """Return the text as a scanner reads it."""
    return _replaced(text, LOOKALIKES, a, b, c)


def misheard(text: str, a: int, b: int, c: int) -> str:
    """Return the name as it sounds to another ear."""
    return _replaced(text, SOUNDALIKES, a, b, c)


def short_form(text: str, a: int, b: int, c: int) -> str:
    """Return a nickname, or a slip where the name has none."""
    forms = short_forms().get(text)
    return forms[a % len(forms)] if forms else key_slip(text, a, b, c)


def initial(text: str, a: int, b: int, c: int) -> str:
    """Return the first letter alone."""
    return text[0]


def half_name(text: str, a: int, b: int, c: int) -> str:
    """Return one word of a name of several, or a slip."""
    parts = text.replace("-", " ").split()
    if len(parts) < 2 or parts[-1] == "Jr":
        return key_slip(text, a, b, c)
    return parts[a % len(parts)]


def upper(text: str, a: int, b: int, c: int) -> str:
    """Return the text in capitals."""
    return text.upper()


def digit_slip(text: str, a: int, b: int, c: int) -> str:
    """Return a number with one digit wrong or two transposed."""
    at = a % len(text)
    if b % 4 == 0 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + str(c % 10) + text[at + 1 :]


def last_four(text: str, a: int, b: int, c: int) -> str:
    """Return the last four digits."""
    return text[-4:]


def date_slip(text: str, a: int, b: int, c: int) -> str:
    """Return a date with a part wrong, day and month exchanged, or 1 January."""
    year, month, day = text.split("-")
    how = a % 8
    if how == 0 and int(day) <= 12:
        month, day = day, month
    elif how == 1:
        month, day = "01", "01"
    elif how == 2:
        year = str(int(year) + (-10, -1, 1, 10)[b % 4])
    elif how in (3, 4):
        month = f"{1 + b % 12:02}"
    elif how == 5:
        day, year = f"{1 + b % 28:02}", str(int(year) + (-1, 1)[c % 2])
    else:
        day = f"{1 + b % 28:02}"
    return f"{year}-{month}-{min(int(day), 28):02}"


def first_of_january(text: str, a: int, b: int, c: int) -> str:
    """Return the year with a made-up day, as forms write a year alone."""
    return text[:4] + "-01-01"


def abbreviated(text: str, a: int, b: int, c: int) -> str:
    """Return an address with short street words or without its flat."""
    for long, short in (
        ("Street", "St"), ("Avenue", "Ave"), ("Road", "Rd"), ("Drive", "Dr"),
        ("Court", "Ct"), ("Lane", "Ln"), ("Boulevard", "Blvd"),
    ):  # fmt: skip
        text = text.replace(long, short)
    return text.split(" Apt")[0] if a % 3 == 0 else text.replace(" Apt ", " #")


def some(count: int, chance: float | NDArray, rng: Generator) -> NDArray[np.int64]:
    """Return the rows that fall on a chance."""
    return np.flatnonzero(rng.random(count) < chance)
