"""Where mail would reach people: invented streets, shelters, nothing.

Belongs here: address, city and postal code of a record. Does not belong here: where
people truly sleep (``city``).

Street and house names are invented; a clerk who reads one knows it is no real home.
"""

import numpy as np

from dagster_project.synthetic.city import Floats, Ints, People
from dagster_project.synthetic.codes import KIN_KINDS
from dagster_project.synthetic.draws import Draws

STREETS = (
    "Larkspur Steps",
    "Fog Bell Lane",
    "Old Cannery Row",
    "Windmill Passage",
    "Sandpiper Alley",
    "Gull Rock Way",
    "Ferry Bell Court",
    "Cypress Hollow Road",
    "Anchor Yard Street",
    "Lantern Hill Avenue",
    "Tidewater Mews",
    "Copper Kettle Lane",
    "Seal Whistle Terrace",
    "Poppy Ridge Drive",
    "Mission Bell Walk",
    "Quarry Steps",
)
SHELTERS = (
    "Larkspur House Shelter, 1 Larkspur Steps",
    "Pier Light Shelter, 40 Ferry Bell Court",
    "Islais Navigation Center, 12 Tidewater Mews",
    "Gough Court Navigation Center, 7 Lantern Hill Avenue",
    "Fern Alley Rooms, 3 Sandpiper Alley",
    "Sunrise Safe Sleep, 90 Old Cannery Row",
)
ZIPS = ("94102", "94110", "94103", "94124", "94117", "94114")
"""By ``AREAS``; the postal code is the only real part of an address."""
HAS_HOME_ADDRESS = 0.45
"""People who name a last or a relative's address [A]."""
GIVES_ADDRESS = (0.0, 0.0, 0.40, 0.65, 0.0)
"""By source; the HMIS CSV has no address, nor has the log [A]."""
HOMELESS_TEXTS = ("Homeless", "No fixed address", "General Delivery", "UNHOUSED")
FAMILY = ("twin", "sibling", "couple")


def family_head(people: People) -> Ints:
    """Return the person whose home and desk phone a family shares."""
    head = people.person.copy()
    kinds = [KIN_KINDS.index(name) for name in FAMILY]
    tied = np.isin(people.kin_kind, kinds) & (people.kin >= 0)
    head[tied] = people.kin[tied]
    housed = people.household >= 0
    head[housed] = people.household[housed]
    return head


def addresses(
    people: People, who: Ints, source: Ints, key: Ints, seed: int
) -> dict[str, np.ndarray]:
    """Return address, city and zip of each record, ``""`` where none is held."""
    draws = Draws(seed)
    head = family_head(people)[who]
    home = draws.uniform("has home", head) < HAS_HOME_ADDRESS
    house = 1 + draws.below("house", head, 240)
    street = np.array(STREETS, dtype=object)[draws.below("street", head, len(STREETS))]
    area = people.area[who]
    number: Floats = draws.uniform("address", who, key)
    known = number < np.take(GIVES_ADDRESS, source)
    at_home = known & home
    shelter = known & ~home & (draws.uniform("at shelter", who, key) < 0.5)
    text = np.full(len(who), "", dtype=object)
    text[at_home] = [
        f"{number} {name}"
        for number, name in zip(house[at_home], street[at_home], strict=True)
    ]
    text[shelter] = np.array(SHELTERS, dtype=object)[area[shelter]]
    rest = known & (text == "")
    words = draws.below("homeless text", who, len(HOMELESS_TEXTS), key)
    text[rest] = np.array(HOMELESS_TEXTS, dtype=object)[words[rest]]
    zips = np.array(ZIPS, dtype=object)[area]
    placed = at_home | shelter
    return {
        "address": text,
        "city": np.where(known, "San Francisco", "").astype(object),
        "zip": np.where(placed, zips, "").astype(object),
    }
