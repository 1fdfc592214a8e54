"""Time zero, exposure and outcome of ten people whose weeks are written out."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.effects import covariates, outcomes
from dagster_project.effects.compare import eligible
from dagster_project.effects.exposure import CLASSES, follow_up
from dagster_project.effects.history import NEVER, from_tables
from dagster_project.effects.indexes import index_interventions
from dagster_project.effects.naive import ever_exposed
from dagster_project.effects.outcomes import CENSORED, COMPETING, OUTCOME, watch
from dagster_project.effects.person_days import cut
from tests.effects.street import START, record

T = 200
"""The day of everybody's crisis, met by Fire."""
CRISES = [(name, T, "fire", "crisis") for name in (
    "Abebe", "Bảo", "Chidi", "Dolores", "Eun-ji", "Fatima", "Giang", "Hana", "Ikaika",
    "José",
)]  # fmt: skip
CAME = [
    ("Abebe", T + 1, "hsh", "outreach"),  # one other department, next day
    ("Bảo", T + 3, "hsh", "outreach"),
    ("Bảo", T + 5, "dph", "follow_up"),  # and a second one
    ("Chidi", T + 2, "fire", "follow_up"),  # the same department only
    ("Dolores", T + 2, "dph", "emergency_department", "hospital"),  # no follow-up
    ("Eun-ji", T + 4, "dph", "crisis"),  # a new crisis is none either
    ("Fatima", T, "hsh", "outreach"),  # the same day: which came first?
    ("Giang", T + 8, "hsh", "outreach"),  # a day too late
    ("Hana", T + 7, "hsh", "outreach"),  # the last day
]
LATER = [
    ("Abebe", T + 1, "shelter_entry"),  # the day of the visit
    ("Bảo", T + 20, "shelter_entry"),
    ("Chidi", T + 20, "death"),
    ("Dolores", T, "shelter_entry"),  # that very day: not at risk
    ("Eun-ji", T + 30, "permanent_housing_exit"),
    ("Eun-ji", T + 40, "shelter_entry"),  # housed before: never mind
    ("Fatima", T + 91, "shelter_entry"),  # after the watch
    ("Giang", T + 20, "death"),
    ("Giang", T + 20, "shelter_entry"),  # entered the day of death: entered
]
STAYS = [
    ("Hana", "shelter", T - 5, T + 3),  # lives in a shelter
    ("Ikaika", "shelter", T - 9, T),  # left on the day: at risk
]


@pytest.fixture(scope="module")
def linked():
    return record(contacts=CRISES + CAME, outcomes=LATER, stays=STAYS, last=T + 95)


@pytest.fixture(scope="module")
def at(linked):
    return index_interventions(linked, "crisis_response")


def test_who_came_when(linked, at):
    came = follow_up(linked, at)
    days = [
        [None if value == NEVER else int(value) for value in column]
        for column in (came.other, came.several, came.same)
    ]
    assert days[0] == [1, 3, None, None, None, None, None, 7, None, None]
    assert days[1] == [None, 5, *[None] * 8]
    assert days[2] == [None, None, 2, *[None] * 7]
    classes = [CLASSES[number] for number in came.at_landmark()]
    assert classes == [
        "one_other_department",
        "several_other_departments",
        "same_department_only",
        *["no_follow_up"] * 4,
        "one_other_department",
        *["no_follow_up"] * 2,
    ]


def test_what_came_of_whom(linked, at):
    seen = watch(linked, at, outcomes.OUTCOMES["shelter_entry"], 0, 90)
    assert seen.at_risk.tolist() == [
        True, True, True, False, True, True, True, False, True, True,
    ]  # fmt: skip
    kinds = [OUTCOME, OUTCOME, COMPETING, 0, COMPETING, CENSORED, OUTCOME, 0, 0, 0]
    assert seen.what.tolist() == kinds
    assert seen.stop.tolist() == [1, 20, 20, 0, 30, 90, 20, 0, 90, 90]


def test_from_the_landmark_nothing_may_have_happened_before(linked, at):
    seen = watch(linked, at, outcomes.OUTCOMES["shelter_entry"], 7, 90)
    assert not seen.at_risk[0]  # Abebe entered on day 1
    assert seen.stop[1] == 13
    assert seen.stop[5] == 84  # Fatima's day 91
    assert seen.what[5] == OUTCOME
    assert seen.stop[9] == 88  # data end on day 95
    assert seen.what[9] == CENSORED


def test_a_crisis_on_day_0_rules_nobody_out():
    linked = record(
        contacts=[("Kateryna", T, "fire", "crisis")],
        outcomes=[("Kateryna", T, "crisis"), ("Kateryna", T + 2, "overdose")],
    )
    at = index_interventions(linked, "crisis_response")
    seen = watch(linked, at, outcomes.OUTCOMES["repeat_crisis"], 0, 90)
    assert (seen.what[0], seen.stop[0]) == (OUTCOME, 2)


@pytest.mark.parametrize(
    ("days", "kept"),
    [
        ([0, 37, 38], [0, 38]),  # the gap counts from the last index
        ([0, 38, 75, 76], [0, 38, 76]),
        ([5, 5, 4], [4]),
        ([10], [10]),
    ],
)
def test_a_new_index_needs_38_days_since_the_last(days, kept):
    linked = record(contacts=[("Luis", d, "fire", "crisis") for d in days])
    at = index_interventions(linked, "crisis_response")
    assert (at.day - at.day.min() + min(days)).tolist() == kept


def test_what_a_hospital_does_opens_no_watch():
    linked = record(contacts=[("Mele", T, "dph", "crisis", "hospital")])
    assert not len(index_interventions(linked, "crisis_response").person)


def test_an_accepted_shelter_offer_opens_one():
    offers = [
        ("Nguyễn", 5, "hsh", "shelter", True),
        ("Nguyễn", 90, "hsh", "shelter", False),
        ("Nguyễn", 95, "hsh", "treatment", True),
    ]
    at = index_interventions(record(offers=offers), "shelter_offer_accepted")
    assert len(at.person) == 1


def test_eligible_is_who_is_on_the_street_with_a_history(linked):
    early = [("Olena", 100, "fire", "crisis"), ("Abebe", 0, "hsh", "outreach")]
    longer = record(contacts=[*early, *CRISES], stays=STAYS)
    at = eligible(longer, "crisis_response")
    # Olena's crisis has 100 days of record before it, Hana lives in a shelter.
    assert len(at.person) == 9


@pytest.mark.parametrize(
    ("first", "eligible_days"),
    [
        (("dph", "crisis", "hospital"), [T + 40]),  # the hospital met it first
        (("dph", "emergency_department", "hospital"), [T, T + 40]),  # no crisis
        (("hsh", "outreach"), [T, T + 40]),
    ],
)
def test_a_crisis_that_a_hospital_met_first_is_no_new_one(first, eligible_days):
    """A contact ten days later is no time zero; 38 days after the hospital's one is."""
    linked = record(
        contacts=[
            ("Samira", 0, "hsh", "outreach"),
            ("Samira", T - 10, *first),
            ("Samira", T, "fire", "crisis"),
            ("Samira", T + 40, "fire", "crisis"),
        ]
    )
    at = eligible(linked, "crisis_response")
    zero = linked.contacts["day"].min()
    assert (at.day - zero).tolist() == eligible_days


def test_on_one_day_the_street_teams_contact_goes_first():
    linked = record(
        contacts=[
            ("Tomasz", 0, "hsh", "outreach"),
            ("Tomasz", T, "dph", "crisis", "hospital"),
            ("Tomasz", T, "fire", "crisis"),
        ]
    )
    at = eligible(linked, "crisis_response")
    assert at.department.tolist() == ["fire"]


def test_a_crisis_indoors_does_not_begin_the_wait():
    """Nobody eligible was met on day T: the crisis a week later is the first."""
    linked = record(
        contacts=[
            ("Uchenna", 0, "hsh", "outreach"),
            ("Uchenna", T, "fire", "crisis"),
            ("Uchenna", T + 7, "fire", "crisis"),
        ],
        stays=[("Uchenna", "shelter", T - 5, T + 3)],
    )
    at = eligible(linked, "crisis_response")
    assert (at.day - linked.contacts["day"].min()).tolist() == [T + 7]


def test_covariates_look_back_and_never_on_the_day_itself():
    linked = record(
        contacts=[
            ("Pavel", T, "fire", "crisis"),
            ("Pavel", T - 1, "dph", "crisis", "hospital"),
            ("Pavel", T - 180, "fire", "crisis"),
            ("Pavel", T - 181, "fire", "crisis"),
            ("Rosa", T, "fire", "crisis"),
        ],
        outcomes=[("Pavel", T, "overdose"), ("Rosa", T - 500, "moud_start")],
        offers=[("Rosa", T - 90, "hsh", "shelter", True)],
    )
    at = index_interventions(linked, "crisis_response")
    at = at.take(at.day == at.day.max())
    known = covariates.at_time_zero(linked, at)
    column = {name: known.x[:, place] for place, name in enumerate(known.names)}
    crises = column["crises over all departments in 180 days"]
    np.testing.assert_allclose(crises, np.log1p([2, 0]))
    assert column["an overdose or MOUD on record"].tolist() == [0, 1]
    assert column["a crisis met in a hospital on record"].tolist() == [1, 0]
    assert column["an offer accepted in 90 days"].tolist() == [0, 1]


def test_what_leads_is_carried_first():
    x = np.arange(6.0).reshape(2, 3)
    known = covariates.Covariates(x, ("first", "second", "third")).led_by("third")
    assert known.names == ("third", "first", "second")
    assert known.x.tolist() == [[2, 0, 1], [5, 3, 4]]


def test_few_outcomes_carry_few_covariates():
    draws = np.random.default_rng(0)
    x = draws.normal(size=(500, 4))
    known = covariates.Covariates(x, ("first", "second", "second", "third"))
    outcome = np.arange(500) < 18
    assert known.carried_by(outcome).names == ("first", "second", "second")
    assert known.carried_by(np.arange(500) < 14).names == ("first",)
    assert known.carried_by(np.arange(500) < 4).words == "none: too few outcomes"


def test_days_before_exposure_are_nobodys_merit():
    """Exposed on day 3, outcome on day 40.

    Days 1 and 2 are without exposure, day 3 is taken out, days 4 to 32 are the rest of
    its first 30 days, days 33 to 40 are later.
    """
    rows = cut(
        np.array([40, 3]),
        np.array([True, True]),
        onset=np.array([[3], [3]]),
        end=np.full((2, 1), NEVER),
    )
    assert rows.start.tolist() == [0, 3, 32, 0]
    assert rows.stop.tolist() == [2, 32, 40, 2]
    assert rows.exposed.tolist() == [[0, 0], [1, 0], [0, 1], [0, 0]]
    # The second outcome came on the day of exposure: whose it is cannot be told.
    assert rows.event.tolist() == [False, False, True, False]


def test_a_second_department_takes_the_place_of_the_first():
    """Days 3 and 4 are those of one department, days 6 to 10 of several."""
    onset = np.array([[2, 5]])
    rows = cut(np.array([10]), np.array([True]), onset, np.array([[5, NEVER]]))
    assert rows.start.tolist() == [0, 2, 5]
    assert rows.stop.tolist() == [1, 4, 10]
    assert rows.exposed[:, [0, 2]].tolist() == [[0, 0], [1, 0], [0, 1]]


SPLIT = [
    # person, day visited, last day, entered: days without, in the first 30, later
    ("Abebe", NEVER, 4, True, 4, 0, 0),
    ("Bảo", NEVER, 10, True, 10, 0, 0),
    ("Chidi", NEVER, 40, False, 40, 0, 0),
    ("Dolores", NEVER, 40, False, 40, 0, 0),
    ("Eun-ji", NEVER, 6, False, 6, 0, 0),  # dies
    ("Fatima", 2, 12, True, 1, 10, 0),
    ("Giang", 3, 20, True, 2, 17, 0),
    ("Hana", 5, 40, False, 4, 29, 6),  # days 6 to 34, then 35 to 40
    ("Ikaika", 7, 38, True, 6, 29, 2),  # enters when the month is over
    ("João", 5, 3, True, 3, 0, 0),  # visited after the outcome: unexposed all along
    ("Kateryna", 4, 4, True, 3, 0, 0),  # entered the day of the visit: nobody's
    ("Luis", 2, 2, False, 1, 0, 0),  # the data end on the day of the visit
]
"""Without: 4 + 10 + 40 + 40 + 6 + 1 + 2 + 4 + 6 + 3 + 3 + 1 = 120 days, 3 entries
(Abebe, Bảo, João): 1 in 40 a day. In the first 30 days: 10 + 17 + 29 + 29 = 85 days, 2
entries (Fatima, Giang): 1 in 42.5, so about as many. Ever visited against never: 5 of 7
entered against 2 of 5, as if visits brought a third of the people in.
"""


def test_twelve_people_split_by_hand():
    onset = np.array([row[1] for row in SPLIT])
    stop = np.array([row[2] for row in SPLIT])
    entered = np.array([row[3] for row in SPLIT])
    rows = cut(stop, entered, onset[:, None], np.full((12, 1), NEVER))
    days = rows.stop - rows.start
    first, later = rows.exposed.T.astype(bool)
    for place, (name, *_, without, recent, after) in enumerate(SPLIT):
        own = rows.index == place
        split = [days[own & part].sum() for part in (~first & ~later, first, later)]
        assert split == [without, recent, after], name
    totals = [days[part].sum() for part in (~first & ~later, first, later)]
    events = [rows.event[part].sum() for part in (~first & ~later, first, later)]
    assert totals == [120, 85, 8]
    assert events == [3, 2, 1]
    crude = ever_exposed(onset < NEVER, entered, np.ones(12, bool), np.arange(12))
    assert crude.difference == pytest.approx(5 / 7 - 2 / 5)


def test_a_second_visit_of_one_department_changes_nothing():
    linked = record(
        contacts=[
            ("Vainā", T, "fire", "crisis"),
            ("Vainā", T + 2, "hsh", "outreach"),
            ("Vainā", T + 4, "hsh", "outreach"),
        ]
    )
    came = follow_up(linked, index_interventions(linked, "crisis_response"))
    assert (came.other[0], came.several[0]) == (2, NEVER)


def test_exposed_at_time_zero_is_exposed_from_the_first_day():
    rows = cut(np.array([40]), np.array([True]), np.array([[0]]), np.array([[NEVER]]))
    assert rows.start.tolist() == [0, 29]
    assert rows.stop.tolist() == [29, 40]
    assert rows.exposed.tolist() == [[1, 0], [0, 1]]


def test_a_missing_column_is_named():
    empty = pa.table({"person_id": pa.array([], pa.string())})
    with pytest.raises(ValueError, match="contacts: column contact_id, contact_kind"):
        from_tables(empty, empty, empty, empty, START)
