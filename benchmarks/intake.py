"""How soon a delivery that was taken before is recognised: seconds per GB.

It is known by its content, so its bytes are hashed; what comes on top of the hashing is
the figure. Beside it the same bytes through ``hashlib`` alone.
"""

import hashlib
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.departments import ledger
from dagster_project.warehouse import SETTINGS

GIGABYTE = 1 << 30
ROW = (
    '{{"cad_number":"{:09}","received_datetime":"2025-07-06T23:10:00.000",'
    '"call_type_final_notes":"{}"}}'
)


@dataclass(frozen=True)
class Recognised:
    """Seconds for so many deliveries of so many bytes together, all known before."""

    deliveries: int
    bytes: int
    seconds: float
    hashing: float

    def line(self) -> str:
        """Return the figures as one line of the table."""
        over = (self.seconds - self.hashing) / self.bytes * GIGABYTE
        return (
            f"{self.deliveries:>10,} {self.bytes / GIGABYTE:>6.2f} "
            f"{self.seconds:>10.2f} {self.hashing:>10.2f} {over:>17.2f}"
        )


HEAD = (
    f"{'deliveries':>10} {'GB':>6} {'known s':>10} {'hashing s':>10} "
    f"{'over it, s/GB':>17}"
)


def measure_recognition(deliveries: int, megabytes: int) -> Recognised:
    """Take deliveries of random calls, then time a look at the same folder again."""
    draw = random.Random(4)
    with tempfile.TemporaryDirectory(prefix="throughline-intake-") as name:
        folder = Path(name, "landing", "dem")
        folder.mkdir(parents=True)
        for number in range(deliveries):
            _write(folder / f"cad_{20200101 + number}.json", megabytes, draw, number)
        path = str(Path(name, "warehouse.duckdb"))
        with duckdb.connect(path, config=SETTINGS) as connection:
            _book(connection, folder.parent)
            began = time.perf_counter()
            outcomes = ledger.take_all(connection, folder.parent)
            seconds = time.perf_counter() - began
        assert {outcome.status for outcome in outcomes} == {"known"}
        began = time.perf_counter()
        size = sum(_hash(file) for file in folder.iterdir())
        return Recognised(deliveries, size, seconds, time.perf_counter() - began)


def _write(path: Path, megabytes: int, draw: random.Random, number: int) -> None:
    """Write an array of calls whose notes are random, so that no file is another."""
    notes = draw.randbytes(50_000).hex()
    rows = [ROW.format(n, notes) for n in range(megabytes * 10)]
    text = f'[{{"cad_number":"{number}"}},' + ",".join(rows) + "]"
    path.write_text(text, encoding="utf-8")


def _book(connection: duckdb.DuckDBPyConnection, landing: Path) -> None:
    """Book the deliveries as taken; reading their rows is not measured."""
    from dagster_project.departments import ledger_tables, order, outcomes
    from dagster_project.departments.landing import deliveries

    ledger_tables.create(connection)
    for delivery in deliveries(landing):
        moment = order.in_name(delivery.name)
        outcome = outcomes.DeliveryOutcome(
            order.delivery_id(delivery, moment),
            delivery.department,
            delivery.feed.name,
            delivery.name,
            status="taken",
        )
        row = outcomes.ledger_row(
            delivery, outcome, None, moment, ledger.now(), agreement=""
        )
        ledger_tables.insert_records(connection, "deliveries", [row])


def _hash(file: Path) -> int:
    with file.open("rb") as stream:
        hashlib.file_digest(stream, "sha256")
    return file.stat().st_size
