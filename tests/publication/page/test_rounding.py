"""What is printed gives no small count away, alone or by subtraction."""

import random
import re
from collections import defaultdict

import pytest

from dagster_project.publication.page.rounding import (
    HIDDEN,
    NOTHING,
    SMALL,
    STEP,
    count_drawn,
    count_shown,
    is_small,
    rate_shown,
    rounded,
    share_drawn,
    share_shown,
    wilson,
)


def rate_row(numerator: int, denominator: int, n: int | None = None, **more) -> dict:
    share = numerator / denominator if denominator else None
    return {
        "n": denominator if n is None else n,
        "numerator": numerator,
        "denominator": denominator,
        "rate": share,
        "rate_strict": share,
        "rate_loose": share,
        "share_not_linked": 0.0,
    } | more


def test_a_small_count_is_not_shown() -> None:
    assert {count_shown(n) for n in range(1, SMALL)} == {HIDDEN}
    assert {count_drawn(n) for n in range(1, SMALL)} == {None}
    shown = {count_shown(n) for n in range(200)} - {HIDDEN, "0"}
    assert min(int(text) for text in shown) == 20
    assert all(int(text) % STEP == 0 for text in shown)


def test_every_hidden_count_looks_the_same() -> None:
    hidden = {rate_shown("Ngozi's team", rate_row(n, 400)) for n in range(1, SMALL)}
    assert len(hidden) == 1
    (shown,) = hidden
    assert (shown.value, shown.counted) == (None, HIDDEN)


def test_all_but_a_few_hides_the_few() -> None:
    few = {rate_shown("Đặng", rate_row(400 - n, 400)) for n in range(1, SMALL)}
    assert {(shown.value, shown.counted) for shown in few} == {(None, NOTHING)}


def test_what_is_shown_is_a_function_of_rounded_counts() -> None:
    """Two rows whose rounded counts agree print alike, so no finer figure leaks."""
    shown = defaultdict(set)
    for denominator in range(50, 240):
        for numerator in range(denominator + 1):
            if is_small(numerator) or is_small(denominator - numerator):
                continue
            none, every = numerator == 0, numerator == denominator
            rate = rate_shown("x", rate_row(numerator, denominator))
            place = (rounded(numerator), rounded(denominator), none, every)
            shown[place].add((rate.value, rate.low, rate.high, rate.counted))
    assert {len(printed) for printed in shown.values()} == {1}


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 9])
def test_a_difference_of_shown_counts_singles_nobody_out(parts: int) -> None:
    """From a total and all parts but a hidden one, four values of it are left or more.

    A shown count c stands for c - 5 to c + 4; none stands for none.
    """
    dice = random.Random(20260630 + parts)

    def stands_for(count: int) -> tuple[int, int]:
        shown = int(count_shown(count).replace(",", ""))
        return (0, 0) if shown == 0 else (shown - 5, shown + 4)

    for _ in range(4000):
        others = [dice.choice((0, dice.randint(SMALL, 60))) for _ in range(parts)]
        hidden = dice.randint(1, SMALL - 1)
        total = sum(others) + hidden
        low, high = stands_for(total) if total >= SMALL else (1, SMALL - 1)
        least = low - sum(stands_for(other)[1] for other in others)
        most = high - sum(stands_for(other)[0] for other in others)
        left = [n for n in range(1, SMALL) if least <= n <= most]
        assert hidden in left
        assert len(left) >= 4, (others, hidden)


def test_a_share_of_few_is_not_shown() -> None:
    assert share_shown(0.5, 49) == NOTHING
    assert share_shown(0.5, 50) == "60\u00a0%", "25 of 50 are 30 of 50 when rounded"
    assert share_shown(0.5, None) == share_shown(None, 900) == NOTHING


def test_none_and_all_may_be_said() -> None:
    assert (share_drawn(0.0, 60), share_drawn(1.0, 60)) == (0.0, 1.0)


@pytest.mark.parametrize("exact", [0.005, 0.1, 0.33, 0.5, 0.995])
def test_rounding_moves_a_share_of_many_by_less_than_a_point(exact: float) -> None:
    assert share_drawn(exact, 5000) == pytest.approx(exact, abs=0.002)


@pytest.mark.parametrize(
    ("counted", "out_of", "low", "high"),
    [(25, 50, 0.366, 0.634), (0, 100, 0.0, 0.037), (100, 100, 0.963, 1.0)],
)
def test_the_interval_is_wilsons(counted, out_of, low, high) -> None:
    """Against the closed form's values in Newcombe (1998) and by hand."""
    assert wilson(counted / out_of, out_of) == pytest.approx((low, high), abs=0.001)


def test_a_rate_of_nothing_is_shown_as_nothing() -> None:
    shown = rate_shown("José", rate_row(0, 0, n=0, share_not_linked=None))
    assert shown.value is None
    assert (shown.counted, shown.out_of, shown.not_linked) == ("0", "0", NOTHING)


def test_the_other_thresholds_are_rounded_alike() -> None:
    shown = rate_shown("x", rate_row(500, 1000, rate_strict=0.4321, rate_loose=0.5678))
    assert (shown.strict, shown.loose) == (0.43, 0.57)
    assert not re.search(r"\d", shown.label)
