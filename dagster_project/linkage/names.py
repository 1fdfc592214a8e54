"""Fold a written name to the form that is compared.

Belongs here: Unicode folding, tokens, suffixes, particles. Does not belong here: which
words are placeholders (``placeholders``), which names are nicknames (``nicknames``).
"""

import re
import unicodedata
from typing import NamedTuple

from dagster_project.linkage.word_lists import words

SUFFIXES = {
    "jr": 1,
    "junior": 1,
    "sr": 2,
    "senior": 2,
    "ii": 3,
    "2nd": 3,
    "iii": 4,
    "3rd": 4,
    "iv": 5,
    "4th": 5,
}
"""Generational suffixes; they tell a son from his father and are no part of a name."""

STATED_SUFFIXES = SUFFIXES | {
    "2": 3,
    "second": 3,
    "3": 4,
    "third": 4,
    "4": 5,
    "fourth": 5,
    "v": 6,
    "5th": 6,
    "5": 6,
    "fifth": 6,
    "i": 2,
    "1st": 2,
    "1": 2,
    "first": 2,
    "hijo": 1,
    "filho": 1,
    "fils": 1,
    "padre": 2,
    "pai": 2,
    "pere": 2,
}
"""The same as written in a column of suffixes alone, where 'I' is no initial and 'Hijo'
no surname. The first of a name is the elder, as Senior is."""

PARTICLES = frozenset(
    words(
        """
    de del della der den di da do dos das du la las los le van von vander ten ter al
    el bin binti ibn abu abd st san santa mc mac o d y e
    """
    )
)
"""Words glued to the word after them: 'de la Cruz' and 'Delacruz' are one spelling.
A particle that ends a name stays a name of its own ('Bin', 'Le', 'Do')."""

_LETTERS = str.maketrans(
    {
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ı": "i",
        "ħ": "h",
        "ŋ": "ng",
        "ŧ": "t",
        "ə": "e",
        "ɓ": "b",
        "ɗ": "d",
        "ɨ": "i",
    }
)
"""Letters without a Unicode decomposition that people retype as plain Latin."""

_DELETED = frozenset("'’‘ʼʻʹʾʿ`´′ـ.")
"""Apostrophes (O’Brien, ʻOkina, Mam Ajpub’), the Arabic stretch, and full stops."""

_JOINING_LETTERS = ((0x1100, 0x11FF), (0xA960, 0xA97F), (0xD7B0, 0xD7FF))
"""Hangul jamo that NFKC could not compose: they join what stands beside them."""

_PASSING_MARKS = (
    (0x0300, 0x036F),  # accents of Latin, Greek, Cyrillic and any other letter
    (0x0483, 0x0489),  # Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic vowel signs ...
    (0x064B, 0x065F),
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x0711, 0x0711),  # Syriac points, used as the Arabic ones are
    (0x0730, 0x074A),
    (0x0898, 0x089F),
    (0x08CA, 0x08FF),
    (0x17B4, 0x17B5),  # Khmer vowels that nobody sees
    (0x180B, 0x180F),  # which shape of a Mongolian letter is drawn
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0x2DE0, 0x2DFF),
    (0xA66F, 0xA67D),
    (0xA69E, 0xA69F),
    (0xFB1E, 0xFB1E),
    (0xFE00, 0xFE0F),  # which shape of any letter is drawn
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
"""Marks that people leave out when they write the same name: accents, niqqud, harakat.
Those of other scripts are letters to their readers: a vowel of Devanagari or Thai, the
voicing of kana. Without them रीना and रानी would be one name."""

_LETTER_MARKS = frozenset(
    "\u0d4e\u0e33\u0eb3\uff9e\uff9f\U000111c2\U000111c3\U0001193f\U00011941"
    "\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46"
)
"""Letters by category that belong to a neighbour's grapheme cluster (UAX 29). Without
them one letter is one grapheme, so the kernel counts what jellyfish counts. A mark that
stays counts as a letter in the kernel and in jellyfish as part of its letter."""

_LOOKALIKES = str.maketrans(
    "аеорсухіјѕһԁвкмнтӏαβεζικμορτχ", "aeopcyxijshdbkmhtlabezikmoptx"
)
"""Small Cyrillic and Greek letters that, small or capital, are drawn as a Latin one
(Unicode UTS 39, confusables); those that are drawn as two different ones are left out.
A word that has Latin letters too was typed on the wrong keyboard or pasted together."""
_LATIN, _OTHERS = re.compile("[a-z]"), re.compile("[\u0370-\u052f]")
_DIGIT = re.compile("[0-9]")
"""What folding leaves of digits; those of other scripts have become these, or gone."""
_WORD = re.compile(r"[^\W\d_]+")


class Surname(NamedTuple):
    """A surname with its suffix taken off; ``suffix`` is 0 when there is none."""

    text: str
    suffix: int


def fold(text: str | None) -> str:
    """Return the letters of a name, unaccented, in lower case, single spaces between.

    NFKC, case folding (which makes ß into ss), decomposition without the marks that
    people leave out, a short table of letters that do not decompose, then one script
    for each word. What nobody sees (joiners, direction marks) goes. Digits stay until
    suffixes are read.
    """
    if not text:
        return ""
    if text.isascii():
        plain = text.lower()
        return plain if text.isalpha() else " ".join(plain.translate(_ASCII).split())
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_LETTERS)
    plain = unicodedata.normalize("NFC", "".join(map(_kept, plain)))
    if not plain.isascii():
        apart = (letter for letter in plain if not _within(letter, _JOINING_LETTERS))
        plain = _of_one_script(unicodedata.normalize("NFC", "".join(apart)))
    return " ".join(plain.split())


def _of_one_script(text: str) -> str:
    """Make the words Latin that mix Latin letters with others that look the same."""
    if not (_LATIN.search(text) and _OTHERS.search(text)):
        return text
    return _WORD.sub(_latin_if_mixed, text)


def _latin_if_mixed(word: re.Match[str]) -> str:
    return word[0].translate(_LOOKALIKES) if _LATIN.search(word[0]) else word[0]


def _kept(letter: str) -> str:
    if "a" <= letter <= "z" or "0" <= letter <= "9":
        return letter
    category = unicodedata.category(letter)
    if category[0] == "M":
        return "" if _within(letter, _PASSING_MARKS) else letter
    if category == "Cf":  # what is there and not seen
        return ""
    if letter in _DELETED or letter in _LETTER_MARKS:
        return ""
    return letter if category[0] == "L" else " "


_ASCII = {code: _kept(chr(code)) for code in range(128)}
"""What becomes of plain letters and signs: they neither compose nor decompose."""


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(letter) <= high for low, high in ranges)


def glue_particles(tokens: list[str]) -> list[str]:
    """Join each particle to the word after it: ``de la cruz`` -> ``delacruz``."""
    glued: list[str] = []
    waiting = ""
    for position, token in enumerate(tokens):
        if token in PARTICLES and position + 1 < len(tokens):
            waiting += token
        else:
            glued.append(waiting + token)
            waiting = ""
    return glued


def core_tokens(text: str) -> list[str]:
    """Return the words of a surname without their particles.

    ``garcia de la cruz`` -> ``[garcia, cruz]``: what two compound surnames can share.
    """
    tokens = text.split(" ")
    cores = [token for token in tokens if token not in PARTICLES]
    return cores or tokens[-1:]


def split_suffix(text: str) -> Surname:
    """Take generational suffixes off the end of a folded name."""
    tokens = text.split(" ")
    suffix = 0
    while len(tokens) > 1 and tokens[-1] in SUFFIXES:
        suffix = SUFFIXES[tokens.pop()]
    return Surname(" ".join(tokens), suffix)


def read_suffix(text: str) -> int:
    """Return the number of a suffix that stands in a column of its own, 0 if unknown.

    >>> read_suffix("Jr."), read_suffix("the 2nd"), read_suffix("père")
    (1, 3, 2)
    """
    said = fold(text).split()
    stated = (STATED_SUFFIXES.get(word, 0) for word in ("".join(said), *said))
    return next(filter(None, stated), 0)


def letters_only(text: str) -> str:
    """Drop the digits that folding kept for suffixes."""
    if not _DIGIT.search(text):
        return text
    return " ".join(_DIGIT.sub(" ", text).split())
