"""Which databases hold a release of this warehouse: a file beside it.

Belongs here: its lines, reading and writing. Does not belong here: publishing.

A line is written before the release is committed: a publisher that is killed leaves one
too many at worst, and then the database is asked in vain.

A database is told from another by the id of its first release, whatever it is called
by. The file names no login and no password.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from dagster_project.erasure.orders import write_whole
from dagster_project.locked_file import holding


@dataclass(frozen=True)
class Copy:
    """A database that holds a release.

    Attributes:
        database: Id of its first release.
        release: Id of the one it holds.
        place: Where it lies, for a reader.
        folder: Data folder of the private server it lies in, "" for any other.
    """

    database: str
    release: str
    place: str
    folder: str = ""


def copies(path: Path) -> list[Copy]:
    """Return the databases; private ones whose folder was deleted are gone."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [Copy(**json.loads(line)) for line in lines if line.strip()]
    return [one for one in found if not one.folder or Path(one.folder).exists()]


def note(path: Path, copy: Copy) -> None:
    """Write down that a database holds a release."""
    with holding(path):
        known = {one.database: one for one in copies(path)} | {copy.database: copy}
        write_whole(path, "".join(f"{json.dumps(asdict(c))}\n" for c in known.values()))
