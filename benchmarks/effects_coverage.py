"""Do the estimates find the made-up city's true effects, and how often?

    python -m benchmarks.effects_coverage                  20 cities at each effect
    python -m benchmarks.effects_coverage --seeds 60 --effects 1.6

Linkage is given the truth, covariates are what linked data hold. For each effect it
says bias, and how often the 95 % intervals cover the truth (with an exact 95 % interval
of its own); how far the naive figure lies from the adjusted one in the same city, with
a sign test; and whether intervals of cumulative incidence cover the mean of all cities.
A line is written as each city is done.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from scipy import stats

from dagster_project.effects import compare, exposure, incidence, questions
from dagster_project.effects.history import Linked, from_tables
from dagster_project.effects.indexes import index_interventions
from dagster_project.effects.outcomes import OUTCOMES, watch
from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.perfect_links import LAST_DAY, tables

EFFECT = "follow_up_other_department"
EFFECTS = (1.0, 1.3, 1.6, 2.2)
DEFAULT_SEEDS = 20
PEOPLE = 3_500
SHORT, LONG = compare.HORIZONS
DAYS = (30, 90, 180)
CURVES = ("shelter_entry", "repeat_crisis", "death")
Row = tuple[float, float, float, float]
"""An estimate, its limits and the truth."""


def main() -> None:
    """Simulate cities, estimate, and print how the estimates did."""
    given = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    given.add_argument("--seeds", type=int, default=DEFAULT_SEEDS)
    given.add_argument("--first-seed", type=int, default=1)
    given.add_argument("--people", type=int, default=PEOPLE)
    given.add_argument("--effects", type=float, nargs="+", default=EFFECTS)
    asked = given.parse_args()
    for effect in asked.effects:
        found: dict[str, list[Row]] = defaultdict(list)
        for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
            city = lives.simulate(
                parameters.load({"effects.hr_follow_up": effect}), asked.people, seed
            )
            for name, row in _city(city, effect):
                found[name].append(row)
            log, low, high, _ = found["any other department, log hazard ratio"][-1]
            print(
                f"effect {effect}, seed {seed}: {np.exp(log):.2f} "
                f"({np.exp(low):.2f} to {np.exp(high):.2f})",
                flush=True,
            )
        _print(
            f"{asked.seeds} cities of {asked.people:,}, hazard ratio {effect}", found
        )


def _city(city: City, effect: float) -> Iterator[tuple[str, Row]]:
    """Yield each estimate's name, and the estimate with its limits and the truth."""
    linked = from_tables(**tables(city), data_through=LAST_DAY)
    pairs = zip(city.effects.effect, city.effects.measure, strict=True)
    true = dict(zip(pairs, city.effects.value, strict=True))
    for answer in questions.follow_up(linked, "crisis_response"):
        if answer.outcome != "shelter_entry" or answer.result.difference is None:
            continue
        result = answer.result
        words = result.exposure.replace("_", " ")
        stated = effect
        if result.exposure == questions.SAME:
            stated = true["follow_up_same_department", "hazard_ratio"]
        if result.horizon == SHORT:
            yield f"{words}, log hazard ratio", _log(result.hazard_ratio, stated)
        if result.exposure == questions.ANY_OTHER:
            risk = true[EFFECT, f"average_effect_{result.horizon}"]
            yield from _differences(f"follow-up, day {result.horizon}", result, risk)
    for answer in questions.warm_hand_off(linked):
        if answer.result.horizon == SHORT and answer.result.difference:
            risk = true["warm_hand_off_moud", "risk_difference_stated"]
            yield from _differences("warm hand-off", answer.result, risk)
    for answer in questions.negative_control(linked):
        ratio = answer.result.hazard_ratio
        if ratio and answer.result.horizon == SHORT:
            yield f"operation: {answer.outcome}, log hazard ratio", _log(ratio, 1.0)
    yield from _incidence(linked)


def _differences(
    name: str, result: compare.Comparison, true: float
) -> Iterator[tuple[str, Row]]:
    """Yield the adjusted and the naive difference, and naive less adjusted."""
    found, crude = result.difference, result.naive
    yield f"{name}: difference", (found.value, found.low, found.high, true)
    yield f"{name}: naive", (crude.difference, crude.low, crude.high, true)
    apart = crude.difference - found.value
    yield f"{name}: naive less adjusted", (apart, np.nan, np.nan, 0.0)


def _incidence(linked: Linked) -> Iterator[tuple[str, Row]]:
    """Yield incidence after a crisis response, in all and by who came by day 7."""
    at = index_interventions(linked, "crisis_response")
    classes = exposure.follow_up(linked, at).at_landmark()
    groups = {"everyone": (at, 0)} | {
        name: (at.take(classes == number), exposure.WINDOW_DAYS)
        for number, name in enumerate(exposure.CLASSES)
    }
    for outcome in CURVES:
        for name, (group, landmark) in groups.items():
            seen = watch(linked, group, OUTCOMES[outcome], landmark, DAYS[-1])
            kept = seen.at_risk
            curve = incidence.cumulative_incidence(
                seen.stop[kept], seen.what[kept], group.person[kept], DAYS[-1]
            )
            for day in DAYS:
                limits = (curve.low[day], curve.high[day], np.nan)
                told = f"incidence: {outcome}, {name}, day {day}"
                yield told, (float(curve.incidence[day]), *limits)


def _log(interval: compare.Interval, true: float) -> Row:
    return tuple(np.log([interval.value, interval.low, interval.high, true]))


def _print(title: str, found: dict[str, list[Row]]) -> None:
    """Print one line for each estimate; incidence is held to the mean of all cities."""
    print(f"\n{title}")
    print(f"{'':58} {'n':>3} {'truth':>8} {'mean':>8} {'sd':>7}  covered")
    for name, rows in found.items():
        value, low, high, true = np.array(rows).T
        if np.isnan(true).any():
            true = np.full(len(value), value.mean())
        spread = value.std(ddof=1) if len(value) > 1 else np.nan
        told = f"{name:58} {len(rows):3} {true.mean():8.4f} {value.mean():8.4f} "
        if np.isnan(low).any():
            print(f"{told}{spread:7.4f}  {_apart(value)}")
        else:
            print(f"{told}{spread:7.4f}  {_covered((low <= true) & (true <= high))}")
    print(flush=True)


def _covered(covers: np.ndarray) -> str:
    """Return a share with its exact interval."""
    told = stats.binomtest(int(covers.sum()), len(covers)).proportion_ci()
    share = f"{int(covers.sum())}/{len(covers)} = {covers.mean():.0%}"
    return f"{share} ({told.low:.0%} to {told.high:.0%})"


def _apart(value: np.ndarray) -> str:
    """Return a paired difference's interval over cities, and a sign test."""
    if len(value) < 2:
        return ""
    reach = stats.t.ppf(0.975, len(value) - 1) * value.std(ddof=1) / len(value) ** 0.5
    below = int((value < 0).sum())
    sign = stats.binomtest(below, len(value)).pvalue
    return (
        f"95 % {value.mean() - reach:+.4f} to {value.mean() + reach:+.4f}, below 0 in "
        f"{below}/{len(value)}, sign test p = {sign:.1g}"
    )


if __name__ == "__main__":
    main()
