"""What hiding small cells costs, and how many cells it hides.

Belongs here: random tables of the public tables' kinds, timed. Does not belong here:
whether an attacker finds a cell (``tests/disclosure``).
"""

import time
from dataclasses import dataclass

import numpy as np

from dagster_project.disclosure import SMALL_CELL_MINIMUM
from dagster_project.disclosure.audit import audit
from dagster_project.disclosure.suppress import suppress
from dagster_project.disclosure.system import (
    Cell,
    Relation,
    System,
    adds_up,
    at_most,
    linked,
    union,
)

HEAD = (
    f"{'release':<34} {'cells':>6} {'small':>6} {'more':>6} {'hide s':>7} "
    f"{'audit s':>8}"
)
SMALL_RATES = (0.004, 0.01, 0.03, 0.1, 0.3)
"""Shares of people with an outcome, from deaths to repeat crises."""


@dataclass(frozen=True)
class Hidden:
    """One release: cells, those small, those hidden beside them, CPU seconds."""

    name: str
    cells: int
    small: int
    more: int
    seconds: float
    audit_seconds: float

    def line(self) -> str:
        """Return a row under ``HEAD``."""
        return (
            f"{self.name:<34} {self.cells:>6} {self.small:>6} {self.more:>6} "
            f"{self.seconds:>7.2f} {self.audit_seconds:>8.2f}"
        )


def measure(name: str, system: System) -> Hidden:
    """Hide the small cells of a system and audit the pattern.

    Raises:
        AssertionError: The pattern gives a cell away.
    """
    began = time.process_time()
    hidden = suppress(system, SMALL_CELL_MINIMUM)
    chosen = time.process_time()
    findings = audit(system, hidden, SMALL_CELL_MINIMUM)
    ended = time.process_time()
    assert not findings, findings[0]
    small = {k for k in hidden if system.cells[k].is_small(SMALL_CELL_MINIMUM)}
    return Hidden(
        name,
        len(system.cells),
        len(small),
        len(hidden) - len(small),
        chosen - began,
        ended - chosen,
    )


def releases() -> list[Hidden]:
    """Measure a table as in the tests, then all tables of one, five and ten periods."""
    draw = np.random.default_rng(7)
    counts = draw.poisson(draw.choice([4, 15, 60, 200], size=(12, 10)))
    cells, rules = crossed(counts, ("contacts", "all"))
    found = [measure("12 teams by 10 kinds, with totals", linked(cells, rules))]
    for n_periods in (1, 5, 10):
        name = f"all tables of {n_periods} periods"
        found.append(measure(name, all_tables(n_periods, draw)))
    return found


def crossed(
    counts: np.ndarray, about: tuple[str, ...]
) -> tuple[list[Cell], list[Relation]]:
    """Return a two-way table with its totals."""
    cells, rules = [], []
    rows, columns = counts.shape

    def add(value: int, *where: str) -> tuple[str, ...]:
        key = (*about, *where)
        weight = 4.0 ** (2 - len(where))
        cells.append(Cell(key, int(value), int(value), ("crossed",), weight))
        return key

    whole = add(counts.sum())
    inner = [
        [add(counts[r, c], f"r={r}", f"c={c}") for c in range(columns)]
        for r in range(rows)
    ]
    by_row = [add(counts[r].sum(), f"r={r}") for r in range(rows)]
    by_column = [add(counts[:, c].sum(), f"c={c}") for c in range(columns)]
    rules += [adds_up(by_row[r], inner[r]) for r in range(rows)]
    rules += [adds_up(by_column[c], [row[c] for row in inner]) for c in range(columns)]
    rules += [adds_up(whole, by_row), adds_up(whole, by_column)]
    return cells, rules


def all_tables(n_periods: int, draw: np.random.Generator) -> System:
    """Return tables of the kinds that are published, for several periods at once.

    Per period: teams by kind of contact, people by department as a union, people by
    characteristics that share one total, and thirty rates with their complements.
    """
    cells: list[Cell] = []
    rules: list[Relation] = []
    for number in range(n_periods):
        period = str(2024 + number)
        counts = draw.poisson(draw.choice([3, 12, 80, 300], size=(12, 4)))
        more, also = crossed(counts, ("contacts", period))
        cells += more
        rules += also
        people = draw.integers(60, 1500, size=4)
        whole = ("people", period)
        total = int(people.max() + draw.integers(0, 400))
        cells.append(Cell(whole, total, total, ("people",), 16.0))
        parts = [(*whole, f"department={d}") for d in range(4)]
        for key, value in zip(parts, np.minimum(people, total), strict=True):
            cells.append(Cell(key, int(value), int(value), ("people",)))
        if sum(cell.value for cell in cells[-4:]) >= total:
            rules += union(whole, parts)
        for characteristic, n_groups in (("age", 8), ("gender", 4), ("race", 9)):
            shares = draw.dirichlet(np.full(n_groups, 0.7))
            groups = [(*whole, f"{characteristic}={g}") for g in range(n_groups)]
            for key, value in zip(groups, draw.multinomial(total, shares), strict=True):
                cells.append(Cell(key, int(value), int(value), ("demographics",)))
            rules.append(adds_up(whole, groups))
        for rate in range(30):
            where = (period, f"rate={rate}")
            size = int(draw.integers(20, 900))
            yes = int(draw.binomial(size, draw.choice(SMALL_RATES)))
            keys = [(kind, *where) for kind in ("all", "yes", "no")]
            for key, value in zip(keys, (size, yes, size - yes), strict=True):
                shown = ("rates",) if key[0] != "no" else ()
                cells.append(Cell(key, value, value, shown))
            rules += [adds_up(keys[0], keys[1:]), at_most(keys[1], keys[0])]
    return linked(cells, rules)
