"""Fill the cache of compiled kernels, so that nobody waits for a compiler later.

Belongs here: the invented records that make every kernel compile. Does not belong here:
when it is called (set-up does). NUMBA_CACHE_DIR decides where the cache lies; without
it numba writes beside the source.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from dagster_project.linkage.agglomerate import merge_components
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.link import link
from dagster_project.linkage.report.page import build_report
from dagster_project.linkage.stage_clock import Clock
from dagster_project.linkage.state_files import read_state, write_state
from dagster_project.linkage.state_run import run_with_state

FORENAMES = ("Ana", "Bao", "Chidi", "Dmitri", "Elena", "Farid", "Grace", "Hana")
SURNAMES = ("Nguyễn", "Okafor", "Petrov", "Quispe", "Reyes", "Singh", "Tanaka", "Uribe")


STAMP = "kernels.sha256"
"""File beside the cached kernels that says from which sources they were compiled."""


def discard_stale_kernels() -> bool:
    """Delete cached kernels of other sources; return whether there were any to doubt.

    numba renews a cached kernel when its own file changes, but not when a file changes
    from which it calls compiled functions. Call this before the first ``link`` of a
    process, after any change of this package.
    """
    folder = Path(merge_components.stats.cache_path)
    stamp = folder / STAMP
    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    if stamp.is_file() and stamp.read_text() == digest:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    for kernel in [*folder.glob("*.nbi"), *folder.glob("*.nbc")]:
        kernel.unlink(missing_ok=True)
    stamp.write_text(digest)
    return True


ENOUGH = 1000
"""Records whose eight forenames alone make 62,000 pairs: enough for the kernels that
count pairs in threads."""


FEW = 60
"""Records that some kernels treat otherwise than many. Their pairs are filtered, as
those of a large file are, when a model is fitted on ``FEW_PAIRS`` alone."""

FEW_PAIRS = 50

BATCH = 2
"""Records that come later; more would make a full run due."""

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""When the invented records were linked."""


def compile_kernels() -> dict[str, float]:
    """Do once with invented records what the commands do; return seconds per stage."""
    discard_stale_kernels()
    config = LinkConfig(pairs_per_record=ENOUGH)
    many = invented_records(ENOUGH)
    result = link(many, config=config)
    build_report(result, many, made_at=MADE)
    few = invented_records(FEW)
    link(few)
    link(few, config=LinkConfig(fit_pairs=FEW_PAIRS))
    _link_batches(many)
    return result.seconds


def _link_batches(records: pa.Table) -> None:
    """Link a batch to a state read from the disk: such arrays are of another kind."""
    with TemporaryDirectory() as name:
        for batch in (records.slice(BATCH), records.slice(0, BATCH)):
            found = run_with_state(
                read_state(Path(name)),
                batch,
                LinkConfig(),
                Clock(),
                key=b"",
                at=MADE,
                run_id="",
            )
            write_state(Path(name), found.state, found.events, new_base=found.is_full)


def invented_records(count: int) -> pa.Table:
    """Return records of two sources; the second half writes the first half again."""
    rows = []
    half = max(1, count // 2)
    for number in range(count):
        person = number % half
        again = number >= half
        first = FORENAMES[person % 8]
        rows.append(
            {
                "client_record_id": f"w{number:04}",
                "source_system": "second" if again else "first",
                "first_name": first[:-1] + "x" if again and person % 5 == 0 else first,
                "middle_name": "Q",
                "last_name": SURNAMES[person // 8 % 8] + "aeiou"[person // 64 % 5],
                "suffix": "Jr" if person % 9 == 0 else None,
                "aliases": "Red;Slim" if person % 7 == 0 else None,
                "dob": f"{1950 + person % 50}{1 + person % 12:02}{1 + person % 28:02}",
                "dob_precision": "year" if again and person % 6 == 0 else "day",
                "sex": "FM"[person % 2],
                "ssn": f"7{740000000 + person * 12347}"[:9],
                "phone": f"415555{person:04}",
                "email": f"{first.lower()}{person}@example.org",
                "address": f"{person} Larch Street",
                "city": "San Francisco",
                "zip": f"941{person % 30:02}",
            }
        )
    return pa.Table.from_pylist(rows)
