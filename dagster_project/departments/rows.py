"""The shapes readers speak in: what they are given and what they hand on.

Belongs here: plain records between a reader and the ledger. Does not belong here:
reading, judging, storing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import ModuleType
from typing import BinaryIO, Literal, Protocol

import pyarrow as pa

from dagster_project.departments import appearance
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed, Table

Mode = Literal["full", "delta", "period"]


class Parts(Protocol):
    """The files inside a delivery: a folder, an archive, or one file alone."""

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the files, sorted."""

    def open(self, name: str) -> BinaryIO:
        """Open one file for reading bytes from its start."""


@dataclass(frozen=True)
class Source:
    """A delivery as a reader sees it.

    Attributes:
        feed: Declaration of the feed it came with.
        name: Name of the delivery.
        parts: Its files.
        is_proven_whole: A manifest's hash agreed, so the file cannot be torn.
        expected_rows: Rows the manifest promises, None when nothing was promised.
        expected_of: Raw table to the rows the manifest promises of its files.
        withheld: Hashed keys that earlier deliveries of the feed left out.
        modified: When its newest file was last written (UTC), the last witness of its
            time.
    """

    feed: Feed
    name: str
    parts: Parts
    is_proven_whole: bool = False
    expected_rows: int | None = None
    expected_of: Mapping[str, int] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    modified: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What a delivery says about itself, times in UTC without offset."""

    mode: Mode
    schema_version: str
    extracted_at: datetime | None = None
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True)
class QuarantinedRow:
    """One row that broke a rule of its table, as far as it may be kept."""

    table: str
    line: int
    column: str
    rule: str
    reason: str
    original: str


@dataclass(frozen=True)
class Batch:
    """Some rows of one raw table.

    Attributes:
        table: Raw table the rows belong to.
        rows: Text columns under their source names, and ``_row_number``.
        quarantined: Rows that broke a rule; they are not among ``rows``.
        rows_in: Rows read from the source for this batch, whatever became of them.
        left_out: Rule to the number of rows left out on purpose and only counted.
        withheld: Hashed keys of what was left out, for later deliveries (``hmis``).
        columns_left_out: Column nobody agreed on to the rows in which it held text.
        columns_not_plain: Column to the rows whose text lost control characters.
        columns_missing: Column the file may leave out, and did, to the number of rows.
        elements_left_out: Section of a report to the reports in which it held elements
            that nobody agreed on.
        lines_passed_over: Lines under the rows of a report that are none of them.
    """

    table: str
    rows: pa.Table
    quarantined: tuple[QuarantinedRow, ...] = ()
    rows_in: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    columns_left_out: Mapping[str, int] = field(default_factory=dict)
    columns_not_plain: Mapping[str, int] = field(default_factory=dict)
    columns_missing: Mapping[str, int] = field(default_factory=dict)
    elements_left_out: Mapping[str, int] = field(default_factory=dict)
    lines_passed_over: int = 0


@dataclass(frozen=True)
class Chunk:
    """Rows just parsed and not yet judged.

    Attributes:
        table: Declaration of their table.
        columns: Column name to text, all of one length.
        first_row: Number of the first row, counted from 1 in the source.
        line_of: Position in the chunk to line in the source.
        is_newest_first: Of two versions of one moment the first counts, so that the
            rows are numbered downwards, below 0.
        columns_left_out: See ``Batch``.
        columns_missing: See ``Batch``.
        elements_left_out: See ``Batch``.
        lines_passed_over: See ``Batch``.
    """

    table: Table
    columns: Mapping[str, pa.Array]
    first_row: int
    line_of: Callable[[int], int]
    columns_left_out: Mapping[str, int] = field(default_factory=dict)
    columns_missing: Mapping[str, int] = field(default_factory=dict)
    elements_left_out: Mapping[str, int] = field(default_factory=dict)
    lines_passed_over: int = 0
    is_newest_first: bool = False


class Reader(Protocol):
    """What every reader module offers."""

    def facts(self, source: Source) -> Facts:
        """Read what the delivery says about itself, without reading its rows."""

    def batches(self, source: Source, facts: Facts) -> Iterable[Batch]:
        """Read the delivery's rows, in the order of the source."""


def only_file(source: Source) -> str:
    """Return the name of the one file of a delivery; documents beside it are none.

    Raises:
        Refused: An archive holds several, of which all but one would be overlooked.
    """
    names = appearance.data_files(source.parts.names)
    if len(names) == 1:
        return names[0]
    reason = (
        f"it holds {len(names)} files where one was agreed; send each as a delivery of "
        "its own"
    )
    raise Refused("several_files", appearance.of_spreadsheet(names) or reason)


def left_out(table: str, rule: str, rows: int) -> Batch:
    """Return a batch that only counts rows left out on purpose."""
    empty = pa.table({"_row_number": pa.array([], pa.int64())})
    return Batch(table, empty, rows_in=rows, left_out={rule: rows} if rows else {})


def reader_of(feed: Feed) -> Reader | ModuleType:
    """Return the reader module of a feed, imported only now."""
    from importlib import import_module

    return import_module(f"dagster_project.departments.{feed.reader}")
