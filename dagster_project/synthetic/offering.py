"""What today's contacts bring up: beds wanted, refusals, other help, MOUD.

Belongs here: which contact leads to which offer and with what answer. Does not belong
here: writing the row, results that get lost (``offers``), whether a bed is there
(``beds``), who starts MOUD (``moud``).

Beds are taken by those who want one, on the day they want it. An offer is the trace of
that in a department's notes; other contacts leave refusals, the more the less likely
the person is to accept.
"""

import numpy as np

from dagster_project.synthetic.beds import EVENING, OUTREACH, Wants
from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import PROJECTS
from dagster_project.synthetic.contacts import TEAM, Meetings
from dagster_project.synthetic.draws import position
from dagster_project.synthetic.follow_up import unmet_window
from dagster_project.synthetic.moud import AfterOverdose
from dagster_project.synthetic.offers import (
    RESOURCE,
    RESOURCE_OF_PROJECT,
    STATUS,
    Desk,
    year_of,
)

TEAM_OFFERS = {
    "SFHOT": "sfhot",
    "HSOC": "hsoc",
    "INST": "hsoc",
    "SCRT": "scrt",
    "HEART": "heart",
    "ED": "hospital",
    "PES": "hospital",
    "INPT": "hospital",
}
"""Which parameter says how often a team talks about a bed."""
OTHERS = (
    "Medical Care",
    "Mental Health",
    "Transport",
    "Hygiene",
    "Harm Reduction Supplies",
    "Detox",
    "Residential Treatment",
    "MOUD",
)
OTHER_SHARES = (0.2, 0.14, 0.14, 0.2, 0.14, 0.06, 0.06, 0.06)
"""What else is offered at a contact [A]."""
OTHER_ACCEPTED = 0.6
"""Logit of accepting something other than a bed: a meal is easier to take [A]."""


def beds_wanted(
    desk: Desk,
    meetings: Meetings,
    day: int,
    wants: Wants,
    entered: Flags,
    project: Ints,
) -> None:
    """Write what came of today's wants, where a team had part in it.

    The hotline is no contact. In the week after an index, before follow-up, nobody
    writes: those people find their bed by themselves.
    """
    lives, around = desk.lives, desk.around
    draws = around.draws
    number = draws.uniform("want_recorded", lives.person[wants.row], day)
    shares = (desk.given.want_recorded, desk.given.evening_recorded, 0.0)
    keep = number < np.take(shares, wants.channel)
    keep &= ~unmet_window(lives, day, around.parameters.follow_up)[wants.row]
    by_channel = {OUTREACH: "SFHOT", EVENING: "SCRT"}
    for channel, team in by_channel.items():
        new = wants.row[
            keep & (wants.channel == channel) & (meetings.at[wants.row] < 0)
        ]
        codes = np.full(len(new), TEAM[team])
        if channel == EVENING:
            heart = (
                draws.uniform("evening_team", lives.person[new], day) < HEART_EVENING
            )
            codes[heart] = TEAM["HEART"]
        meetings.meet(lives, new, day, codes, "outreach", around)
    rows = wants.row[keep]
    found = wants.capacity & (entered | ~wants.arrives)
    status = np.where(
        found,
        np.where(wants.arrives, STATUS["fulfilled"], STATUS["not_fulfilled"]),
        STATUS["no_capacity"],
    )[keep]
    number = draws.uniform("uptake_unconfirmed", lives.person[rows], day)
    unconfirmed = (status == STATUS["fulfilled"]) & (number < UNCONFIRMED)
    status = np.where(unconfirmed, STATUS["accepted"], status)
    resource = RESOURCE_OF_PROJECT[project[keep]]
    desk.write(meetings.at[rows], rows, day, resource, status)


HEART_EVENING = 0.3
"""Evening wants that HEART, not SCRT, hears of [A]."""
UNCONFIRMED = 0.15
"""Accepted beds whose start the team never heard of [A]."""


def refusals_and_others(
    desk: Desk, meetings: Meetings, day: int, wanted: Flags, family: Flags
) -> None:
    """Write what today's contacts talked about besides the beds wanted."""
    given, lives, draws = desk.given, desk.lives, desk.around.draws
    if not meetings.today:
        return
    contact, rows, teams, _ = (
        np.concatenate(part) for part in zip(*meetings.today, strict=True)
    )
    chance = np.zeros(len(TEAM))
    for team, key in TEAM_OFFERS.items():
        chance[TEAM[team]] = getattr(given, key) * given.talked_by_year[year_of(day)]
    shares = desk.around.parameters.beds.project_shares

    def number(process: str) -> Floats:
        return draws.uniform(process, lives.person[rows], day * len(TEAM) + teams)

    project = position(number("offered_project"), shares)
    project = np.where(family[rows], FAMILY_PROJECT, project)
    resource = RESOURCE_OF_PROJECT[project]
    room = resource == RESOURCE["Shelter - Non-Congregate"]
    talked = (number("talked_of_bed") < chance[teams]) & ~wanted[rows]
    refuses = number("accepts") >= desk.accepts(rows, day, room)
    barred = number("ineligible") < given.ineligible
    status = np.where(barred, STATUS["ineligible"], STATUS["declined"])
    keep = talked & refuses
    desk.write(contact[keep], rows[keep], day, resource[keep], status[keep])

    silent = ~talked & ~wanted[rows]
    nothing = silent & (number("nothing") < given.not_offered)
    desk.write(
        contact[nothing], rows[nothing], day, resource[nothing], STATUS["not_offered"]
    )
    _others(desk, day, contact, rows, teams)


FAMILY_PROJECT = next(
    at for at, project in enumerate(PROJECTS) if project[0] == "family"
)


def _others(desk: Desk, day: int, contact: Ints, rows: Ints, teams: Ints) -> None:
    """Write offers of anything but a bed."""
    given, lives, draws = desk.given, desk.lives, desk.around.draws

    def number(process: str) -> Floats:
        return draws.uniform(process, lives.person[rows], day * len(TEAM) + teams)

    has = number("other_resource") < given.other_resources
    pick = position(number("which_resource"), OTHER_SHARES)
    resource = np.array([RESOURCE[name] for name in OTHERS])[pick]
    has &= lives.opioid[rows] | (resource != RESOURCE["MOUD"])
    outreach = (teams == TEAM["SFHOT"]) | (teams == TEAM["INST"])
    listing = outreach & (
        number("coordinated_entry") < desk.around.parameters.priority.coordinated_entry
    )
    resource = np.where(listing, RESOURCE["Coordinated Entry"], resource)
    has |= listing
    contact, rows, teams = contact[has], rows[has], teams[has]
    resource, listing = resource[has], listing[has]
    logit = (
        OTHER_ACCEPTED
        + given.by_engagement * lives.engagement[rows]
        + given.by_severity * lives.severity[rows]
    )
    yes = number("other_accepts") < 1 / (1 + np.exp(-logit))
    result = position(number("other_result"), (0.55, 0.33, 0.12))
    taken = np.take(
        [STATUS["fulfilled"], STATUS["accepted"], STATUS["not_fulfilled"]], result
    )
    # MOUD starts only after an overdose, so that E2 stays what is stated.
    moud = resource == RESOURCE["MOUD"]
    taken = np.where(moud, STATUS["not_fulfilled"], taken)
    status = np.where(yes, taken, STATUS["declined"])
    status = np.where(number("other_lacking") < 0.03, STATUS["no_capacity"], status)
    desk.write(contact, rows, day, resource, status)
    priority = desk.around.parameters.priority.listed
    listed = listing & yes & (number("listed") < priority)
    lives.listed[rows[listed]] = True


def hand_offs(desk: Desk, meetings: Meetings, day: int, handed: AfterOverdose) -> None:
    """Write MOUD offered at an overdose; a warm hand-off counts as accepted."""
    rows = handed.row
    if not len(rows):
        return
    draws, lives = desk.around.draws, desk.lives
    starts = handed.start_day >= 0
    number = draws.uniform("moud_offered", lives.person[rows], day)
    status = np.where(
        starts,
        STATUS["fulfilled"],
        np.where(handed.hand_off, STATUS["accepted"], STATUS["declined"]),
    )
    keep = handed.hand_off | (number < MOUD_OFFERED)
    desk.write(
        meetings.at_overdose[rows[keep]],
        rows[keep],
        day,
        RESOURCE["MOUD"],
        status[keep],
        fulfilled_day=handed.start_day[keep],
    )


MOUD_OFFERED = 0.5
"""Overdoses without hand-off at which MOUD was at least offered [A]."""
