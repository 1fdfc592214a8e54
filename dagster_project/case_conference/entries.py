"""One entry of the case list: an action, a person, a reason, a team, who and when.

Belongs here: the codes an entry may hold, and refusing one that is not whole. Does not
belong here: whether it contradicts other entries (``listing``).

Reasons come from closed lists, so that no name can stand in one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

STATES = {
    "nominate": "nominated",
    "include": "included",
    "assign": "assigned",
    "remove": "removed",
}
"""Action -> the state it brings about."""

MAY_FOLLOW = {
    "include": ("nominated",),
    "assign": ("included", "assigned"),
    "remove": ("nominated", "included", "assigned"),
}
"""Action -> the states it may be taken in; a nomination opens a new listing."""

NEEDS_TEAM = ("nominate", "assign")
"""Actions that a team stands behind: the one that nominates, the one that leads."""

TEAM_JUDGEMENT = "team_judgement"
"""What no record shows and the team knows; for nominations only."""

REASONS: Mapping[str, tuple[str, ...]] = {
    "nominate": (
        "several_departments_in_crisis",
        "repeat_crisis",
        "overdose_without_follow_up",
        "refused_then_offered_again",
        "promise_not_kept",
        "shelter_lost",
        "high_use",
        "no_lead_team",
        TEAM_JUDGEMENT,
    ),
    "include": ("agreed_in_conference", "urgent_between_conferences"),
    "assign": ("knows_the_client", "fits_the_need", "takes_over"),
    "remove": (
        "housed",
        "deceased",
        "left_the_city",
        "inactive",
        "declined",
        "goals_met",
        "not_eligible",
        "listed_in_error",
    ),
}
"""Action -> reasons it may be given; those of a nomination are the reasons that the
seed ``case_conference_reason`` weighs, and the team's own judgement."""


class Refused(ValueError):
    """Nothing is booked; the message says why."""


@dataclass(frozen=True)
class Entry:
    """One decision about one listing, as it was taken.

    Attributes:
        listing_id: The listing, ``L1``, ``L2``, …
        action: A key of ``STATES``.
        person_id: The person as called when it was decided.
        reason: One of ``REASONS`` of the action.
        team_code: The team that nominates or leads; none where no team is named.
        decided_by: Staff id of who decided.
        decided_at: When, with its time zone.
    """

    listing_id: str
    action: str
    person_id: str
    reason: str
    team_code: str | None
    decided_by: str
    decided_at: datetime


def check_words(new: Entry) -> None:
    """Refuse an unknown action or reason, and an entry that lacks what it needs."""
    if new.action not in STATES:
        raise Refused(f"{new.action!r} is no action; they are {', '.join(STATES)}.")
    reasons = REASONS[new.action]
    if new.reason not in reasons:
        raise Refused(
            f"{new.reason!r} is no reason to {new.action}. Reasons are a closed list, "
            f"so that no name can stand in one: {', '.join(reasons)}."
        )
    if not new.decided_by or any(c.isspace() for c in new.decided_by):
        raise Refused(
            "Say who decides with --by, as a staff id without spaces (m.okafor)."
        )
    if new.action in NEEDS_TEAM and not new.team_code:
        whose = "nominates" if new.action == "nominate" else "leads"
        raise Refused(f"Say with --team which team {whose}.")
