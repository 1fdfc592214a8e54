"""All records of clients of all departments, with everything that befalls them.

Belongs here: putting plan, content, mending, merges and planted records together; what
a careful human could link. Does not belong here: any one of these.

``linkable`` = the record, as last held, carries enough for a careful human: a full and
right SSN; or a usable name together with something else to go by: a birth date with at
least its year, an SSN or its last four digits, a phone that is the person's own, or an
e-mail address. Not usable: placeholders and street names standing alone. HMIS phones
do not count: the HMIS CSV has no field for them. A date or number that is wrong still
counts: a human would try.
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Contacts, Flags, Ints, People, Reports, Stays
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity import dates, mending, merges, numbers
from dagster_project.synthetic.identity.content import (
    DATE_FIELDS,
    NAME_FIELDS,
    Written,
    write_content,
)
from dagster_project.synthetic.identity.plan import (
    FHIR_SYSTEM,
    HMIS_SYSTEM,
    Plan,
    make_plan,
)
from dagster_project.synthetic.identity.planted import planted
from dagster_project.synthetic.identity.rates import VOIDED
from dagster_project.synthetic.identity.told import told_phones
from dagster_project.synthetic.identity.written_names import (
    NONE,
    RIGHT,
    STREET,
    Content,
)
from dagster_project.synthetic.names.legal import LegalNames, legal_names
from dagster_project.synthetic.records import Corrections, Records

PREFIXES = ("hsh:hmis:", "fire:epcr:", "dph:fhir:", "dem:team_log:")


@dataclass(frozen=True)
class Book:
    """Records and corrections, and what is known only to whoever made them up.

    ``name_state`` and ``date_state`` say what the name and the birth date were worth
    when first written (codes of ``written_names`` and ``dates``); ``source`` is a
    position in ``rates.SOURCES``; all three without the planted rows at the end.
    """

    records: Records
    corrections: Corrections
    name_state: Ints
    date_state: Ints
    source: Ints


def make_book(
    people: People, contacts: Contacts, reports: Reports, stays: Stays, seed: int
) -> Book:
    """Write the records of everybody."""
    names = legal_names(people, seed)
    plan = make_plan(people, contacts, reports, stays, seed)
    written = write_content(people, contacts, plan, names, seed)
    content = {field: values.copy() for field, values in written.content.items()}
    changes = mending.Changes()
    state, ssn_wrong = _mend(changes, content, written, plan, seed)
    never = np.zeros(len(plan.person), dtype=bool)
    phone, _ = told_phones(people, plan, never, plan.last_day, seed)
    own = ~written.phone_shared
    phone = np.where(own, phone, content["phone"])
    mending.changed_phones(changes, content, plan, phone, seed)
    right = written.name_state == RIGHT
    mending.married_names(changes, content, plan, people, names, right, seed)
    into, merged_day = merges.merges(plan, seed)
    merges.undone_merges(changes, plan, people, into, HMIS_SYSTEM)
    corrections = changes.corrections()
    linkable = _linkable(content, plan, state, ssn_wrong, own)
    records = _records(
        people, names, plan, content, corrections, into, merged_day, linkable, seed
    )
    return Book(
        records, corrections, written.name_state, written.date_state, plan.source
    )


def _mend(
    changes: mending.Changes, content: Content, written: Written, plan: Plan, seed: int
) -> tuple[Ints, Flags]:
    """Put some mistakes right, in place; return what is left of them."""
    state = written.name_state.copy()
    named = mending.later_named(plan, state, seed)
    day = mending.mended_days(plan, state != RIGHT, "name", seed)
    day = np.where((named >= 0) & ((day < 0) | (named < day)), named, day)
    rows = np.flatnonzero(day >= 0)
    changes.replace(content, written.clean, rows, day[rows], *NAME_FIELDS)
    state[rows] = RIGHT
    wrong = written.date_state != dates.RIGHT
    day = mending.mended_days(plan, wrong, "date", seed)
    # Who gets a name at last has told the birth date with it.
    soon = wrong & (written.name_state == NONE) & (named >= 0)
    day = np.where(soon, named, day)
    rows = np.flatnonzero(day >= 0)
    changes.replace(content, written.clean, rows, day[rows], *DATE_FIELDS)
    day = mending.mended_days(plan, written.ssn_wrong, "ssn", seed)
    rows = np.flatnonzero(day >= 0)
    changes.replace(content, written.clean, rows, day[rows], "ssn")
    ssn_wrong = written.ssn_wrong.copy()
    ssn_wrong[rows] = False
    return state, ssn_wrong


def _linkable(
    content: Content, plan: Plan, state: Ints, ssn_wrong: Flags, own_phone: Flags
) -> Flags:
    """Return which records a careful human could link; see above."""
    ssn = content["ssn"]
    full = np.array([len(text) == 9 for text in ssn], dtype=bool) & ~ssn_wrong
    dated = (content["dob"] != "") & (content["dob"] != dates.DEFAULT_DATE)
    phone = (content["phone"] != "") & own_phone & (plan.system != HMIS_SYSTEM)
    mail = (content["email"] != "") & (plan.system == FHIR_SYSTEM)
    usable = (state != NONE) & (state != STREET)
    return full | (usable & (dated | (ssn != "") | phone | mail))


def _records(
    people: People,
    names: LegalNames,
    plan: Plan,
    content: Content,
    corrections: Corrections,
    into: Ints,
    merged_day: Ints,
    linkable: Flags,
    seed: int,
) -> Records:
    """Join ordinary and planted records."""
    draws, count = Draws(seed), len(plan.person)
    ids = numbers.source_ids(plan.person, plan.system, plan.ordinal, seed)
    voided = draws.uniform("voided", plan.person, plan.key)
    voided = voided < np.take(VOIDED, plan.source)
    after = 1 + draws.below("voided after", plan.person, 15, plan.key)
    deleted = np.where(voided, plan.created_day + after, -1)
    updated = plan.created_day.copy()
    np.maximum.at(updated, corrections.row, corrections.day)
    updated = np.maximum(updated, np.maximum(deleted, merged_day))

    again = merges.reused(plan, into, seed)
    more, extra = planted(people, names, plan, again, seed)
    added = len(extra["person"])
    none = np.full(added, -1)
    prefixes = np.array(PREFIXES, dtype=object)
    own_ids = prefixes[plan.system] + ids
    more_ids = PREFIXES[HMIS_SYSTEM] + extra["source_record_id"]

    def both(ordinary: np.ndarray, planted_ones: np.ndarray) -> np.ndarray:
        return np.concatenate([ordinary, planted_ones])

    joined = {name: both(content[name], more[name]) for name in content}
    hmis = np.full(added, SYSTEMS.index("hmis"), dtype=np.int8)
    return Records(
        record_id=both(own_ids, more_ids + extra["record_id_end"]),
        system=both(plan.system, hmis),
        source_record_id=both(ids, extra["source_record_id"]),
        person=both(plan.person, extra["person"]),
        **joined,
        created_day=both(plan.created_day, extra["created_day"]),
        updated_day=both(
            updated, np.maximum(extra["created_day"], extra["deleted_day"])
        ),
        merged_into=both(into, none),
        merged_day=both(merged_day, none),
        deleted_day=both(deleted, extra["deleted_day"]),
        test_client=both(np.zeros(count, dtype=bool), extra["test_client"]),
        linkable=both(linkable, ~extra["test_client"]),
        record_of_report=plan.record_of_report,
        record_of_stay=plan.record_of_stay,
    )
