"""The same name spelled another way: accents, particles, apostrophes, spaces.

Belongs here: pure functions from one name to another spelling of it.
Does not belong here: mistakes (``identity.errors``), who spells how (``practice``).
"""

import re
import unicodedata
from functools import lru_cache

PARTICLE = re.compile(r"^(de los|de las|de la|dela|de|del|al|el|abu)[ -](?=\S)", re.I)
VIETNAMESE_D = str.maketrans("Đđ", "Dd")
"""The barred D has no decomposition, so Unicode alone does not strip it."""
OKINA = "ʻ"
"""The Polynesian glottal stop; most keyboards have none."""


@lru_cache(maxsize=65536)
def without_accents(name: str) -> str:
    """Return a name in the letters of an American keyboard."""
    if name.isascii():
        return name
    plain = unicodedata.normalize("NFD", name.translate(VIETNAMESE_D))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return plain.replace(OKINA, "'")


@lru_cache(maxsize=65536)
def joined_particle(name: str) -> str:
    """Return ``de la Cruz`` as ``Delacruz``, ``O'Neal`` as ``ONeal``.

    A name with neither is returned as it is.
    """
    if PARTICLE.match(name):
        return re.sub(r"[ -]", "", name).capitalize()
    return re.sub(f"['{OKINA}]", "", name)


@lru_cache(maxsize=65536)
def split_particle(name: str) -> str:
    """Return ``de la Cruz`` as ``De La Cruz``, ``O'Neal`` as ``O Neal``."""
    if PARTICLE.match(name):
        return re.sub(r"[ -]", " ", name).title()
    return re.sub(f"['{OKINA}]", " ", name) if name[1:2] == "'" else name


def has_parts(name: str) -> bool:
    """Return whether a surname has a particle, an apostrophe or a glottal mark."""
    return bool("'" in name or OKINA in name or PARTICLE.match(name))


def given_of_two(name: str, way: int) -> str:
    """Return ``Xiao Ming`` split (0), hyphened (1) or joined (2)."""
    parts = name.split(" ")
    if len(parts) != 2 or way == 0:
        return name
    return "-".join(parts) if way == 1 else parts[0] + parts[1].lower()
