"""Time zero: a person's first intervention of a type, and each after a long gap.

Belongs here: who stands at time zero on which day, and what opened it. Does not belong
here: what came after (``outcomes``), who came along (``exposure``).

``index_interventions`` has the rule of the mart ``interventions``, which a test holds
it to; here so that it can be asked at every linkage threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dagster_project.effects.history import Flags, Ints, Linked, Texts

GAP_DAYS = 38
"""Between two indexes of a person: a week for follow-up, 31 days for it to show."""
SHELTER_OFFER = "shelter_offer_accepted"
AT_A_CARE_SITE = "at_a_care_site"
ALSO_BEGINS = {"crisis_response": "crisis", "overdose_response": "overdose"}
"""Kind of contact that begins the same illness where a clinic or hospital met it: it
opens no watch, and a street team that comes days later no longer meets a new case."""


@dataclass(frozen=True)
class Indexes:
    """One row per index intervention of one type, by person and day."""

    person: Ints
    day: Ints
    department: Texts
    neighborhood: Texts
    act: Texts  # contact or offer that opened it
    kind: Texts  # type of intervention

    def take(self, chosen: Flags | Ints | list[int]) -> "Indexes":
        """Return some of the rows."""
        return Indexes(
            self.person[chosen],
            self.day[chosen],
            self.department[chosen],
            self.neighborhood[chosen],
            self.act[chosen],
            self.kind[chosen],
        )


def types_of(linked: Linked) -> tuple[str, ...]:
    """Return the types of intervention the record holds, sorted."""
    kinds = {kind for kind in linked.contacts["intervention_type"] if kind is not None}
    return tuple(sorted(kinds | {SHELTER_OFFER}))


def index_interventions(linked: Linked, *types: str) -> Indexes:
    """Return the index interventions of some types, taken as one type.

    Args:
        linked: The linked record.
        types: Types of intervention.
    """
    return far_apart(acts(linked, *types))


def acts(linked: Linked, *types: str) -> Indexes:
    """Return every act of some types, by person and day.

    Args:
        linked: The linked record.
        types: Types of intervention; ``AT_A_CARE_SITE`` beside one of ``ALSO_BEGINS``
            adds what clinics and hospitals met of the same kind.
    """
    contacts, offers = linked.contacts, linked.offers
    opens = contacts["intervention_type"].astype(object)
    if AT_A_CARE_SITE in types:
        kinds = [ALSO_BEGINS[name] for name in types if name in ALSO_BEGINS]
        met = _is_one_of(contacts["contact_kind"], kinds)
        met &= np.equal(opens, None).astype(bool)
        opens = np.where(met, AT_A_CARE_SITE, opens)
    of_type = _is_one_of(opens, types)
    accepted = offers["is_accepted"] & (offers["service_type"] == "shelter")
    accepted &= SHELTER_OFFER in types
    person = np.concatenate([contacts["person"][of_type], offers["person"][accepted]])
    day = np.concatenate([contacts["day"][of_type], offers["day"][accepted]])
    act = np.concatenate(
        [contacts["contact_id"][of_type], offers["offer_id"][accepted]]
    )
    department = np.concatenate(
        [contacts["department"][of_type], offers["department"][accepted]]
    )
    nowhere = np.full(int(accepted.sum()), None, dtype=object)
    place = np.concatenate([contacts["neighborhood"][of_type], nowhere])
    offered = np.full(len(nowhere), SHELTER_OFFER, dtype=object)
    kind = np.concatenate([opens[of_type], offered])
    inside = kind == AT_A_CARE_SITE
    order = np.lexsort((act.astype(str), inside, day, person))
    return Indexes(person, day, department, place, act, kind).take(order)


def _is_one_of(words: Texts, wanted: Sequence[str]) -> Flags:
    """Return where a word is wanted; None is no word."""
    known = frozenset(wanted)
    return np.fromiter((word in known for word in words.tolist()), bool, len(words))


def far_apart(at: Indexes) -> Indexes:
    """Return the first act of each person, and each that comes after the gap."""
    return at.take(_far_apart(at.person, at.day))


def _far_apart(person: Ints, day: Ints) -> list[int]:
    """Return positions of the rows to keep, of rows by person and day."""
    kept, whose, last = [], -1, 0
    for at, (who, when) in enumerate(zip(person.tolist(), day.tolist(), strict=True)):
        if who != whose or when >= last + GAP_DAYS:
            kept.append(at)
            whose, last = who, when
    return kept
