"""Print what the product costs and how right it is: ``make bench``.

    python -m benchmarks                     everything below with its defaults
    python -m benchmarks whole-job --people 3500 50000
    python -m benchmarks linkage --sets febrl1 city:3500:2 full:10000
    python -m benchmarks linkage-calibration --sets febrl3 city:1000
    python -m benchmarks linkage-speed --sizes 10000 100000 1000000
    python -m benchmarks marts-speed --people 3500 12500 50000
    python -m benchmarks report-page data/warehouse.duckdb
    python -m benchmarks disclosure
    python -m benchmarks shared-warehouse --rows 1000000
    python -m benchmarks agreement-checks --people 3500

Each figure is one run on this machine; ratios are worth more than seconds. Linkage
stands beside Splink 5 as ``splink_setup`` sets it up, both in alternation.
"""

import argparse
import sys
from pathlib import Path

PEOPLE = (3500, 50_000)
MARTS_PEOPLE = (3500, 12_500, 50_000)
SHARED_ROWS = 1_000_000
SIZES = (10_000, 100_000, 1_000_000)


def main() -> None:
    """Run what was asked for, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command")
    whole = commands.add_parser("whole-job", help="deliveries to report page")
    whole.add_argument("--people", type=int, nargs="+", default=PEOPLE)
    accuracy = commands.add_parser("linkage", help="accuracy beside Splink")
    accuracy.add_argument("--sets", nargs="+", default=None, help="see sets.py")
    stated = commands.add_parser("linkage-calibration", help="stated and true shares")
    stated.add_argument("--sets", nargs="+", default=None, help="see sets.py")
    speed = commands.add_parser("linkage-speed", help="seconds beside Splink")
    speed.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    speed.add_argument("--rounds", type=int, default=1)
    speed.add_argument(
        "--splink-to", type=int, default=10**9, help="largest size Splink runs on"
    )
    marts = commands.add_parser("marts-speed", help="dbt's marts at growing sizes")
    marts.add_argument("--people", type=int, nargs="+", default=MARTS_PEOPLE)
    commands.add_parser("disclosure", help="hiding small cells")
    page = commands.add_parser("report-page", help="the page of a finished warehouse")
    page.add_argument("warehouse", type=Path)
    shared = commands.add_parser("shared-warehouse", help="publishing and policies")
    shared.add_argument("--rows", type=int, default=SHARED_ROWS)
    checks = commands.add_parser("agreement-checks", help="their share of a run")
    checks.add_argument("--people", type=int, nargs="+", default=PEOPLE[:1])
    given = parser.parse_args()
    if given.command in (None, "whole-job"):
        whole_job(getattr(given, "people", PEOPLE))
    if given.command in (None, "linkage"):
        linkage(getattr(given, "sets", None))
    if given.command in (None, "linkage-calibration"):
        linkage_calibration(getattr(given, "sets", None))
    if given.command in (None, "linkage-speed"):
        linkage_speed(
            getattr(given, "sizes", SIZES),
            getattr(given, "rounds", 1),
            getattr(given, "splink_to", 10**9),
        )
    if given.command in (None, "marts-speed"):
        from benchmarks.marts_speed import measure as measure_marts

        for line in measure_marts(getattr(given, "people", MARTS_PEOPLE)):
            print(line, flush=True)
    if given.command in (None, "disclosure"):
        disclosure()
    if given.command == "report-page":
        report_page(given.warehouse)
    if given.command in (None, "agreement-checks"):
        agreement_checks(getattr(given, "people", PEOPLE[:1]))
    if given.command in (None, "shared-warehouse"):
        from benchmarks.shared_warehouse import measure

        for line in measure(getattr(given, "rows", SHARED_ROWS)):
            print(line, flush=True)


def agreement_checks(sizes: tuple[int, ...]) -> None:
    """Print what holding to the sharing agreement takes of a run."""
    from benchmarks.agreement_checks import HEAD, measure

    print(f"\nHolding to the sharing agreement, of a whole run\n{HEAD}")
    for people in sizes:
        print(measure(people).line(), flush=True)


def report_page(warehouse: Path) -> None:
    """Print what the report page of a warehouse costs."""
    from benchmarks import report_page as measured

    print(f"{measured.HEAD}\n{measured.measure(warehouse).line()}")


def whole_job(sizes: tuple[int, ...]) -> None:
    """Measure the whole job at each size and print a row for each."""
    from benchmarks.whole_job import measure_city

    print(
        f"{'people':>8} {'raw rows':>10} {'generate s':>11} {'run s':>8} "
        f"{'peak MiB':>9} {'plain DuckDB s':>15} {'ratio':>6}   where the seconds go"
    )
    for people in sizes:
        print(f"measuring a city of {people:,} …", file=sys.stderr, flush=True)
        print(measure_city(people).line(), flush=True)
    from benchmarks import intake

    print(f"\nDeliveries taken before, recognised again\n{intake.HEAD}")
    for deliveries, megabytes in ((1, 1024), (100, 5)):
        print(intake.measure_recognition(deliveries, megabytes).line(), flush=True)


def linkage(names: list[str] | None) -> None:
    """Print accuracy on each set, ours and Splink's."""
    from benchmarks.linkage import accuracy
    from benchmarks.sets import DEFAULT

    accuracy(names or DEFAULT)


def linkage_calibration(names: list[str] | None) -> None:
    """Print how often what is stated of pairs and joins is right."""
    from benchmarks.calibration import calibration
    from benchmarks.sets import DEFAULT

    for line in calibration(names or DEFAULT):
        print(line, flush=True)


def linkage_speed(sizes: tuple[int, ...], rounds: int, splink_to: int) -> None:
    """Print the seconds of both, then the kernel's rate and the worst keys' memory."""
    from benchmarks.linkage_speed import incremental, kernel, speed, worst_keys

    speed(sizes, rounds, splink_to)
    kernel()
    worst_keys()
    incremental()


def disclosure() -> None:
    """Print what hiding small cells costs, release by release."""
    from benchmarks.disclosure import HEAD, releases

    print(f"\nSmall cells hidden, and the audit\n{HEAD}")
    for release in releases():
        print(release.line(), flush=True)


if __name__ == "__main__":
    main()
