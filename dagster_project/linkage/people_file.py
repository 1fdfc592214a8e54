"""Read any table of people as text.

Belongs here: CSV and Parquet to columns of text, and refusal of what cannot be read, in
words that show no value of the file. Does not belong here: which columns are used
(``people_columns``).
"""

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from dagster_project.linkage.columns import UnreadableRecords

WHOLE_BELOW = 2.0**53
"""Floats below this hold every whole number exactly; pandas makes them of numbers with
gaps, so that 94103 becomes 94103.0."""

BINARY_MARKS = (b"PK\x03\x04", b"%PDF", b"PAR1", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
"""How workbooks, PDFs, Parquet and packed files begin, whatever they are called."""

UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_people(path: Path, notice: Callable[[str], None]) -> pa.Table:
    """Return the file's columns as text; empty cells are null.

    Integers keep their type, so that a record id can be given back as it came.

    Args:
        path: a .csv or .parquet file.
        notice: told what was assumed, one sentence each.

    Raises:
        UnreadableRecords: there is no such file, or it is not what its name says.
    """
    if path.is_dir():
        raise UnreadableRecords(f"{path} is a folder; name one .csv or .parquet file")
    if not path.exists():
        raise UnreadableRecords(f"{path} does not exist")
    kind = path.suffix.lower()
    if kind not in (".csv", ".parquet"):
        raise UnreadableRecords(
            f"{path} is neither .csv nor .parquet; only these two can be read"
        )
    try:
        table = _parquet(path) if kind == ".parquet" else _csv(path, notice)
    except OSError as error:
        why = error.strerror or "it is damaged"
        raise UnreadableRecords(f"{path} cannot be read: {why}") from error
    doubled = sorted({c for c in table.column_names if table.column_names.count(c) > 1})
    if doubled:
        raise UnreadableRecords(f"{path}: column {doubled[0]!r} stands there twice")
    return table


def _parquet(path: Path) -> pa.Table:
    try:
        return pq.ParquetFile(path).read()
    except PermissionError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise UnreadableRecords(f"{path} is no Parquet file, or is damaged") from error


def _csv(path: Path, notice: Callable[[str], None]) -> pa.Table:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(UTF_16):
        raise UnreadableRecords(f"{path} is written in UTF-16; save it as UTF-8")
    if head.startswith(BINARY_MARKS) or b"\0" in head:
        raise UnreadableRecords(f"{path} is called .csv but is no text file")
    if not head.strip(b"\xef\xbb\xbf \r\n"):
        raise UnreadableRecords(f"{path} is empty")
    try:
        return _read_csv(path, "utf8")
    except pa.ArrowInvalid as error:
        if "utf8" not in str(error).lower().replace("-", ""):
            raise UnreadableRecords(f"{path}: {_csv_error(error)}") from error
    notice(f"{path} is not UTF-8; it was read as Latin-1 (ISO 8859-1).")
    try:
        return _read_csv(path, "latin-1")
    except pa.ArrowInvalid as error:
        raise UnreadableRecords(f"{path}: {_csv_error(error)}") from error


def _read_csv(path: Path, encoding: str) -> pa.Table:
    reading = pacsv.ReadOptions(encoding=encoding)
    parsing = pacsv.ParseOptions(newlines_in_values=True)
    # Types would be guessed otherwise, and a guessed ZIP code loses its zero.
    with pacsv.open_csv(path, reading, parsing) as file:
        names = file.schema.names
    if len(names) == 1 and (mark := re.search(r"[;\t|]", names[0])):
        shown = {"\t": "tabs"}.get(mark.group(), repr(mark.group()))
        raise UnreadableRecords(
            f"{path}: columns are separated by {shown}; save it with commas"
        )
    converting = pacsv.ConvertOptions(
        column_types={name: pa.string() for name in names},
        null_values=[""],
        strings_can_be_null=True,
    )
    return pacsv.read_csv(path, reading, parsing, converting)


def _csv_error(error: Exception) -> str:
    """Return what is wrong with a row, without the row: it is somebody's."""
    row = re.search(r"Row #(\d+): Expected (\d+) columns, got (\d+)", str(error))
    if row:
        number, expected, got = row.groups()
        return f"row {number} has {got} fields where the header has {expected}"
    columns = re.search(r"Expected (\d+) columns, got (\d+)", str(error))
    if columns:
        return f"a row has {columns[2]} fields where the header has {columns[1]}"
    return "it is no well-formed CSV"


def text_of(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return a column of any plain type as text; '' and NaN become null.

    Raises:
        UnreadableRecords: the column holds structures, which have no one text.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return text_of(column.cast(kind.value_type), name)
    if pa.types.is_floating(kind):
        text = _text_of_floats(column.cast(pa.float64()))
    elif pa.types.is_timestamp(kind):
        text = _text_of_times(column)
    elif pa.types.is_decimal(kind):
        text = pc.replace_substring_regex(
            column.cast(pa.string()), r"\.0+$", replacement=""
        )
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values = column.cast(pa.list_(pa.string()))
        text = pc.binary_join(values, ";")
    elif pa.types.is_nested(kind):
        raise UnreadableRecords(f"column {name!r} holds {kind}, not text")
    else:
        try:
            text = column.cast(pa.string())
        except pa.ArrowException as error:
            raise UnreadableRecords(
                f"column {name!r} holds {kind}, not text"
            ) from error
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _text_of_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    known = pc.if_else(pc.is_finite(column), column, pa.scalar(None, pa.float64()))
    whole = pc.and_(
        pc.equal(known, pc.floor(known)), pc.less(pc.abs(known), WHOLE_BELOW)
    )
    number = pc.if_else(whole, known, 0.0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(whole, number, known.cast(pa.string()))


def _text_of_times(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return yyyy-mm-dd where every time is midnight, else the time too."""
    day = column.cast(pa.timestamp("s", column.type.tz), safe=False)
    if pc.all(pc.equal(pc.floor_temporal(day, unit="day"), day)).as_py() is not False:
        return pc.strftime(day, format="%Y-%m-%d")
    return pc.strftime(day, format="%Y-%m-%dT%H:%M:%S")
