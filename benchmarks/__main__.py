"""Print one table of what the product costs: ``make bench``.

Each figure is one run on this machine; ratios are worth more than seconds.
"""

import argparse
import sys

from benchmarks import intake
from benchmarks.whole_job import measure_city


def main() -> None:
    """Measure the whole job at each size and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--people", type=int, nargs="+", default=[3500, 50_000], help="city sizes"
    )
    sizes = parser.parse_args().people
    print(
        f"{'people':>8} {'raw rows':>10} {'generate s':>11} {'run s':>8} "
        f"{'peak MiB':>9} {'plain DuckDB s':>15} {'ratio':>6}   where the seconds go"
    )
    for people in sizes:
        print(f"measuring a city of {people:,} …", file=sys.stderr, flush=True)
        print(measure_city(people).line(), flush=True)
    print(f"\nDeliveries taken before, recognised again\n{intake.HEAD}")
    for deliveries, megabytes in ((1, 1024), (100, 5)):
        print(intake.measure_recognition(deliveries, megabytes).line(), flush=True)


if __name__ == "__main__":
    main()
