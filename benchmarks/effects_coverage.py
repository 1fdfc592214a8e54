"""Do the adjusted estimates find the made-up city's true effects, and how often?

    python -m benchmarks.effects_coverage                  100 seeds of the default city
    python -m benchmarks.effects_coverage --seeds 20 --people 3500 --effect 2.2

Linkage is given the truth, covariates are what linked data hold. Prints bias, coverage
of the 95 % intervals and the share of cities in which the naive figure lies on the
stated, wrong side.
"""

import argparse
from collections import defaultdict

import numpy as np

from dagster_project.effects import (
    compare,
    covariates,
    exposure,
    outcomes,
    questions,
)
from dagster_project.effects.history import Linked, from_tables
from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.perfect_links import LAST_DAY, tables

EFFECT = "follow_up_other_department"
DEFAULT_SEEDS = 100
PEOPLE = 3_500


def main() -> None:
    """Simulate cities, estimate, and print how the estimates did."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--seeds", type=int, default=DEFAULT_SEEDS)
    given.add_argument("--first-seed", type=int, default=1)
    given.add_argument("--people", type=int, default=PEOPLE)
    given.add_argument("--effect", type=float, default=1.6)
    asked = given.parse_args()
    found: dict[str, list[tuple[float, float, float, float]]] = defaultdict(list)
    naive: list[bool] = []
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        city = lives.simulate(
            parameters.load({"effects.hr_follow_up": asked.effect}), asked.people, seed
        )
        linked = from_tables(**tables(city), data_through=LAST_DAY)
        naive.append(_shelter_entry(linked, city, asked.effect, found))
        for answer in questions.negative_control(linked):
            ratio = answer.result.hazard_ratio
            if ratio and answer.result.horizon == compare.HORIZONS[0]:
                _note(found, f"control: {answer.outcome}, log HR", _log(ratio), 0.0)
    print(f"{asked.seeds} cities of {asked.people:,}, true hazard ratio {asked.effect}")
    print(f"{'':44} {'cities':>6} {'truth':>8} {'mean':>8} {'sd':>7} {'covered':>8}")
    for name, rows in found.items():
        value, low, high, true = np.array(rows).T
        covered = np.mean((low <= true) & (true <= high))
        print(
            f"{name:44} {len(rows):6} {true.mean():8.4f} {value.mean():8.4f} "
            f"{value.std(ddof=1):7.4f} {covered:8.1%}"
        )
    print(f"naive difference below the truth in {np.mean(naive):.1%}")


def _shelter_entry(linked: Linked, city: City, effect: float, found: dict) -> bool:
    """Note the estimates of follow-up; return whether the naive one is too low."""
    at = compare.eligible(linked, "crisis_response")
    came = exposure.follow_up(linked, at)
    results = compare.compare(
        linked,
        at,
        outcomes.OUTCOMES["shelter_entry"],
        {questions.ANY_OTHER: came.other, questions.SAME: came.same},
        covariates.at_time_zero(linked, at),
        (questions.ANY_OTHER, questions.SAME),
    )
    true = dict(
        zip(
            zip(city.effects.effect, city.effects.measure, strict=True),
            city.effects.value,
            strict=True,
        )
    )
    below = False
    for result in results:
        if result.exposure == questions.SAME:
            if result.horizon == compare.HORIZONS[0] and result.hazard_ratio:
                stated = true["follow_up_same_department", "hazard_ratio"]
                name = "same department, log HR"
                _note(found, name, _log(result.hazard_ratio), np.log(stated))
            continue
        risk = true[EFFECT, f"average_effect_{result.horizon}"]
        difference = result.difference
        _note(
            found,
            f"other department, risk difference day {result.horizon}",
            (difference.value, difference.low, difference.high),
            risk,
        )
        if result.horizon == compare.HORIZONS[0]:
            _note(
                found,
                "other department, log HR",
                _log(result.hazard_ratio),
                np.log(effect),
            )
            crude = result.naive
            interval = (crude.difference, crude.low, crude.high)
            _note(found, "naive risk difference day 37", interval, risk)
            below = crude.difference < risk
    return below


def _log(interval: compare.Interval) -> tuple[float, float, float]:
    return tuple(np.log([interval.value, interval.low, interval.high]))


def _note(
    found: dict, name: str, interval: tuple[float, float, float], true: float
) -> None:
    found[name].append((*interval, true))


if __name__ == "__main__":
    main()
