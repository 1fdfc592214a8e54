import numpy as np
import pytest

from dagster_project.synthetic.draws import Draws, position

PEOPLE = np.arange(50_000)


@pytest.mark.parametrize("process", ["death", "overdose", "follow_up"])
@pytest.mark.parametrize("day", [0, 1, 911])
def test_draws_are_uniform(process, day):
    numbers = Draws(3).uniform(process, PEOPLE, day)
    counts, _ = np.histogram(numbers, bins=50, range=(0, 1))
    expected = len(PEOPLE) / 50
    chi_square = ((counts - expected) ** 2 / expected).sum()
    # 99.99th percentile of chi square with 49 degrees of freedom (2026-07).
    assert chi_square < 97


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("death", PEOPLE, 5), ("death", PEOPLE, 6)),
        (("death", PEOPLE, 5), ("crisis", PEOPLE, 5)),
        (("death", PEOPLE, 5), ("death", PEOPLE + 1, 5)),
    ],
    ids=["next day", "other process", "next person"],
)
def test_neighbouring_draws_have_nothing_in_common(left, right):
    draws = Draws(3)
    correlation = np.corrcoef(draws.uniform(*left), draws.uniform(*right))[0, 1]
    # Five standard errors (2026-07).
    assert abs(correlation) < 5 / np.sqrt(len(PEOPLE))


def test_a_draw_does_not_depend_on_order_or_company():
    draws = Draws(3)
    all_of_them = draws.uniform("death", PEOPLE, 40)
    some = np.array([7, 3, 49_999])
    assert (draws.uniform("death", some, 40) == all_of_them[some]).all()
    assert (draws.uniform("death", PEOPLE[::-1], 40) == all_of_them[::-1]).all()


def test_one_day_for_all_or_a_day_each_is_the_same_draw():
    draws, days = Draws(3), np.arange(len(PEOPLE)) % 9
    each = draws.uniform("death", PEOPLE, days)
    for day in range(9):
        here = days == day
        assert (each[here] == draws.uniform("death", PEOPLE[here], day)).all()


def test_another_seed_is_another_city():
    assert (
        Draws(3).uniform("death", PEOPLE) != Draws(4).uniform("death", PEOPLE)
    ).all()


def test_normals_have_mean_nought_and_spread_one():
    numbers = Draws(3).normal("severity", PEOPLE)
    assert abs(numbers.mean()) < 0.02
    assert abs(numbers.std() - 1) < 0.02


@pytest.mark.parametrize(
    ("number", "expected"), [(0.0, 0), (0.249, 0), (0.25, 2), (0.99, 2)]
)
def test_position_follows_weights_and_skips_what_weighs_nothing(number, expected):
    assert position(number, [1, 0, 3]) == expected
