"""Street corners of the six areas, as each department spells them.

Belongs here: real intersections with public facts about them (zip, districts).
Does not belong here: who was met there. Points are rounded to a block.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import AREAS
from dagster_project.synthetic.draws import Draws


class Area(NamedTuple):
    """What public datasets say about an analysis neighbourhood."""

    zip: str
    supervisor: int
    police: str
    battalion: str
    station: str
    corners: tuple[tuple[str, str, float, float], ...]


FACTS = (
    Area(
        "94102",
        5,
        "TENDERLOIN",
        "B03",
        "03",
        (
            ("TURK ST", "TAYLOR ST", -122.4108, 37.7833),
            ("EDDY ST", "JONES ST", -122.4126, 37.7840),
            ("GOLDEN GATE AVE", "HYDE ST", -122.4157, 37.7819),
            ("ELLIS ST", "LEAVENWORTH ST", -122.4145, 37.7847),
            ("LARKIN ST", "TURK ST", -122.4174, 37.7824),
        ),
    ),
    Area(
        "94110",
        9,
        "MISSION",
        "B06",
        "07",
        (
            ("16TH ST", "MISSION ST", -122.4197, 37.7650),
            ("24TH ST", "MISSION ST", -122.4184, 37.7522),
            ("18TH ST", "CAPP ST", -122.4182, 37.7619),
            ("15TH ST", "JULIAN AVE", -122.4211, 37.7665),
            ("SOUTH VAN NESS AVE", "20TH ST", -122.4169, 37.7587),
        ),
    ),
    Area(
        "94103",
        6,
        "SOUTHERN",
        "B03",
        "01",
        (
            ("6TH ST", "MISSION ST", -122.4086, 37.7806),
            ("7TH ST", "HOWARD ST", -122.4090, 37.7777),
            ("5TH ST", "BRYANT ST", -122.3996, 37.7775),
            ("8TH ST", "HARRISON ST", -122.4079, 37.7737),
            ("MARKET ST", "VAN NESS AVE", -122.4192, 37.7752),
        ),
    ),
    Area(
        "94124",
        10,
        "BAYVIEW",
        "B10",
        "17",
        (
            ("3RD ST", "PALOU AVE", -122.3908, 37.7343),
            ("EVANS AVE", "3RD ST", -122.3875, 37.7426),
            ("JERROLD AVE", "TOLAND ST", -122.3989, 37.7448),
            ("OAKDALE AVE", "BAYSHORE BLVD", -122.4037, 37.7432),
            ("GILMAN AVE", "3RD ST", -122.3950, 37.7225),
        ),
    ),
    Area(
        "94117",
        5,
        "PARK",
        "B05",
        "12",
        (
            ("HAIGHT ST", "ASHBURY ST", -122.4469, 37.7700),
            ("HAIGHT ST", "STANYAN ST", -122.4531, 37.7692),
            ("WALLER ST", "COLE ST", -122.4502, 37.7683),
            ("FREDERICK ST", "STANYAN ST", -122.4527, 37.7664),
        ),
    ),
    Area(
        "94114",
        8,
        "MISSION",
        "B06",
        "06",
        (
            ("CASTRO ST", "MARKET ST", -122.4352, 37.7625),
            ("18TH ST", "CASTRO ST", -122.4350, 37.7609),
            ("MARKET ST", "SANCHEZ ST", -122.4308, 37.7661),
            ("16TH ST", "NOE ST", -122.4331, 37.7641),
        ),
    ),
)
"""In the order of ``AREAS``."""

CORNERS = tuple(
    (area, *corner) for area, facts in enumerate(FACTS) for corner in facts.corners
)
"""Every corner as (area, street, street, longitude, latitude)."""


def corner_of(
    draws: Draws, process: str, key: NDArray[np.integer], area: NDArray[np.integer]
) -> NDArray[np.int64]:
    """Choose a corner in each area, always the same for the same key."""
    sizes = np.array([len(facts.corners) for facts in FACTS])
    first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    area = np.clip(area, 0, len(AREAS) - 1)
    return first[area] + draws.below(process, key, sizes[area])


def of_area(field: str) -> tuple[str, ...]:
    """Return a field of ``Area`` for each corner."""
    return tuple(str(getattr(FACTS[corner[0]], field)) for corner in CORNERS)


def neighbourhoods() -> tuple[str, ...]:
    """Return each corner's analysis neighbourhood."""
    return tuple(AREAS[corner[0]] for corner in CORNERS)


def spelled(join: str) -> tuple[str, ...]:
    r"""Return each corner's two streets, joined as a department does.

    CAD writes ``A ST \ B ST``, Fire ``A ST/B ST``, 311 ``A ST & B ST``.
    """
    return tuple(join.join(corner[1:3]) for corner in CORNERS)


def _spoken(street: str) -> str:
    name = street.rsplit(" ", 1)[0]
    return name.lower() if name[0].isdigit() else name.title()


def as_spoken() -> tuple[str, ...]:
    """Return each corner as a worker writes it: ``Turk and Taylor``."""
    return tuple(
        " and ".join(_spoken(street) for street in corner[1:3]) for corner in CORNERS
    )


def points(template: str) -> tuple[str, ...]:
    """Return each corner's point through a template of longitude and latitude."""
    return tuple(template.format(x=corner[3], y=corner[4]) for corner in CORNERS)
