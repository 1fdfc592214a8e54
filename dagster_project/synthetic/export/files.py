"""Files that are there whole or not at all, with the same bytes every time.

Belongs here: write to ``<name>.part`` then rename; zips without clocks in them.
Does not belong here: what stands in a file.
"""

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree

LINES_AT_ONCE = 20_000
"""Lines joined to one block of bytes: a few megabytes, whatever the city's size."""
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: entries bear no date of their making."""


def blocks(lines: Sequence[str], separator: str = "\n") -> Iterator[bytes]:
    """Join lines to blocks of UTF-8, each line followed by the separator."""
    for start in range(0, len(lines), LINES_AT_ONCE):
        some = lines[start : start + LINES_AT_ONCE]
        yield (separator.join(some) + separator).encode()


@contextmanager
def part_of(path: Path) -> Iterator[Path]:
    """Give a path to write to; rename it once all went well."""
    part = path.with_name(path.name + ".part")
    if part.is_dir():
        rmtree(part)
    yield part
    if path.is_dir():
        rmtree(path)
    part.replace(path)


def write_blocks(path: Path, content: Iterable[bytes]) -> None:
    """Write a file from blocks."""
    with part_of(path) as part, part.open("wb") as file:
        file.writelines(content)


def write_zip(path: Path, members: Mapping[str, Iterable[bytes]]) -> None:
    """Write a zip whose bytes depend on its content only."""
    with part_of(path) as part, zipfile.ZipFile(part, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry._compresslevel = 1  # public only from Python 3.13 on
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as file:
                for block in content:
                    file.write(block)


def write_folder(path: Path, members: Mapping[str, Iterable[bytes]]) -> None:
    """Write a folder of files."""
    with part_of(path) as part:
        part.mkdir(parents=True)
        for name, content in members.items():
            with (part / name).open("wb") as file:
                file.writelines(content)
