"""The by-name list as a walk through every day of one life.

Belongs here: what happens to a person on the list, told without SQL. Does not belong
here: where lives come from, asserts.
"""

from dataclasses import dataclass, field

SILENCE = 90
"""Days without evidence of homelessness after which a person is inactive."""
SETTLING = 14
"""Days after a move on which evidence counts for nothing."""

CAME = ("new", "returned_housing", "returned_inactive")
LEFT = ("housed", "inactive", "deceased")


@dataclass(frozen=True)
class Life:
    """What is known of a person, in days.

    Attributes:
        shown: First and last day of each spell that shows homelessness.
        homes: Day of the move in and day of leaving.
        moves: Days of moves that are known without the home.
        died: Day of death.
    """

    shown: list[tuple[int, int]] = field(default_factory=list)
    homes: list[tuple[int, int]] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)
    died: int | None = None


def homes_of(life: Life) -> list[tuple[int, int]]:
    """Return the homes of a life, first and last day; touching homes are one."""
    homes: list[tuple[int, int]] = []
    for begin, end in sorted(life.homes + [(d, d + SETTLING) for d in life.moves]):
        if homes and begin <= homes[-1][1]:
            homes[-1] = (homes[-1][0], max(homes[-1][1], end))
        else:
            homes.append((begin, end))
    return homes


def shown_on(life: Life, homes: list[tuple[int, int]]) -> set[int]:
    """Return the days that show homelessness: none in a home, none after a move."""
    found: set[int] = set()
    for begin, end in life.shown:
        start = max([begin, *(left for moved, left in homes if moved <= begin < left)])
        later = [moved for moved, _ in homes if moved > start]
        found |= set(range(start, min([end + 1, *later])))
    return found


def walk(life: Life, through: int) -> list[tuple[int, str]]:
    """Return (day, what happened) of one life, day by day up to ``through``."""
    homes = homes_of(life)
    shown, moves = shown_on(life, homes), {moved for moved, _ in homes}
    happened: list[tuple[int, str]] = []
    state, last, was_housed = "unknown", 0, False
    for day in range(through + 1):
        dies = day == life.died
        if state == "active":
            if dies:
                state, what = "dead", "deceased"
            elif day in moves:
                state, what = "away", "housed"
            elif day == last + SILENCE and day not in shown:
                state, what = "away", "inactive"
            if state != "active":
                happened.append((day, what))
        was_housed = was_housed or (state == "away" and day in moves)
        if state == "dead":
            break
        if day in shown:
            last = day
            if state != "active":
                came = "returned_housing" if was_housed else "returned_inactive"
                happened.append((day, "new" if state == "unknown" else came))
                state, was_housed = "active", False
            if dies and happened[-1] != (day, "deceased"):
                happened.append((day, "deceased"))
        if dies:
            break
    return happened
