"""Mistakes in one name: typing, hearing, nicknames, swaps, lost parts.

Belongs here: pure functions from a right name to a wrong one.
Does not belong here: whether a mistake happens (``correlation``).

Shapes after pseudopeople (typing on a keyboard) and Just 2016 (first-name differences
are misspellings in 53 %, surname differences in 34 %, else swaps and changes).
"""

from dagster_project.synthetic.names.lists import short_forms
from dagster_project.synthetic.names.spelling import without_accents

NEIGHBOURS = {
    "q": "wa",
    "w": "qes",
    "e": "wrd",
    "r": "etf",
    "t": "ryg",
    "y": "tuh",
    "u": "yij",
    "i": "uok",
    "o": "ipl",
    "p": "ol",
    "a": "qsz",
    "s": "awdx",
    "d": "sefc",
    "f": "drgv",
    "g": "fthb",
    "h": "gyjn",
    "j": "hukm",
    "k": "jil",
    "l": "kop",
    "z": "asx",
    "x": "zsdc",
    "c": "xdfv",
    "v": "cfgb",
    "b": "vghn",
    "n": "bhjm",
    "m": "njk",
}
"""Keys beside a key on an American keyboard."""
SOUNDS = (
    *(("ph", "f"), ("ck", "k"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("ss", "s")),
    *(("ee", "ea"), ("ea", "ee"), ("ei", "ie"), ("ie", "y"), ("ey", "y"), ("oo", "u")),
    *(("sh", "ch"), ("gh", "g"), ("kn", "n"), ("wr", "r"), ("rr", "r"), ("th", "t")),
    *(("sen", "son"), ("son", "sen"), ("mc", "mac"), ("ez", "es"), ("es", "ez")),
    *(("qu", "k"), ("ai", "ay"), ("ay", "ai"), ("au", "o"), ("ou", "u"), ("x", "j")),
    *(("c", "k"), ("k", "c"), ("z", "s"), ("s", "z"), ("v", "b"), ("b", "v")),
    *(("j", "g"), ("g", "j"), ("y", "i"), ("i", "y"), ("e", "i"), ("a", "e")),
    *(("o", "u"), ("n", "nn"), ("l", "ll"), ("t", "tt"), ("er", "ar"), ("an", "en")),
)
"""What is written for what is heard; tried from a random place on."""
PARTS = ("typo", "ear", "nickname", "swap", "lost", "wrong")
SHARES = (0.40, 0.18, 0.16, 0.08, 0.12, 0.06)
"""Kinds of mistakes in a name (made_up_city §3)."""


class Dice:
    """Whole numbers from one keyed draw, so that no generator runs."""

    def __init__(self, number: float):
        """Start from a number in [0, 1)."""
        self._state = int(number * 2**53)

    def below(self, ceiling: int) -> int:
        """Return a whole number from 0 up to, not including, ``ceiling``."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % ceiling


def typo(name: str, dice: Dice) -> str:
    """Return a name with one key missed, doubled, swapped or beside the right one."""
    if len(name) < 2:
        return name + "x"
    # First letters are mistyped less: people look at them.
    at = 1 + dice.below(len(name) - 1) if dice.below(8) else 0
    kind, letter = dice.below(4), name[at]
    if kind == 0 and len(name) > 3:
        return name[:at] + name[at + 1 :]
    if kind == 1:
        return name[: at + 1] + letter.lower() + name[at + 1 :]
    if kind == 2 and at + 1 < len(name) and name[at + 1].lower() != letter.lower():
        pair = name[at + 1] + letter
        return name[:at] + (pair.title() if at == 0 else pair.lower()) + name[at + 2 :]
    keys = NEIGHBOURS.get(without_accents(letter).lower(), "e")
    key = keys[dice.below(len(keys))]
    return name[:at] + (key.upper() if letter.isupper() else key) + name[at + 1 :]


def by_ear(name: str, dice: Dice) -> str:
    """Return a name as somebody spells it who only heard it."""
    plain = without_accents(name)
    lower, start = plain.lower(), dice.below(len(SOUNDS))
    for step in range(len(SOUNDS)):
        heard, written = SOUNDS[(start + step) % len(SOUNDS)]
        at = lower.find(heard)
        if at >= 0 and not (at == 0 and len(plain) < 4):
            changed = lower[:at] + written + lower[at + len(heard) :]
            return changed if plain.islower() else _like(plain, changed)
    return typo(name, dice)


def _like(pattern: str, name: str) -> str:
    """Write a name's words with capitals, as the pattern has them."""
    if pattern.isupper():
        return name.upper()
    for mark in (" ", "-", "'"):
        name = mark.join(word[:1].upper() + word[1:] for word in name.split(mark))
    return name


def nickname(first: str, dice: Dice) -> str | None:
    """Return a short form of a given name, or None where there is none."""
    forms = short_forms().get(first) or short_forms().get(without_accents(first))
    # The commonest form twice as often as all others.
    return forms[0 if dice.below(3) else dice.below(len(forms))] if forms else None


def lost_part(last: str, dice: Dice) -> str | None:
    """Return a surname without one of its words, or None if it has one word."""
    for mark in ("-", " "):
        words = last.split(mark)
        if len(words) > 1:
            words.pop(dice.below(len(words)))
            return mark.join(words)
    return None


def mistaken(
    kind: str, first: str, middle: str, last: str, dice: Dice
) -> tuple[str, str, str]:
    """Return a name with one mistake of a kind; a kind that cannot be is a typo."""
    if kind == "swap" and last and first != last:
        if middle and dice.below(3) == 0:
            return middle, first, last
        return last, middle, first
    if kind == "nickname" and (short := nickname(first, dice)):
        return short, middle, last
    if kind == "lost" and (shorter := lost_part(last, dice)):
        return first, middle, shorter
    if kind == "lost" and (shorter := lost_part(first, dice)):
        return shorter, middle, last
    change = by_ear if kind == "ear" else typo
    if dice.below(100) < 55:
        return first, middle, change(last, dice)
    return change(first, dice), middle, last
