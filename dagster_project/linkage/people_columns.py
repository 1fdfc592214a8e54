"""Choose the columns of a table of people that linking reads.

Belongs here: recognised names, suggestions for the others, refusal of a table that
cannot be linked. Does not belong here: opening the file (``people_file``).
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.date_columns import plain_dates
from dagster_project.linkage.fields import EXTRA_FIELDS
from dagster_project.linkage.people_file import text_of
from dagster_project.linkage.word_lists import words

RECOGNISED = words(
    """
    record_id source first_name middle_name last_name suffix aliases dob sex ssn phone
    email address city zip died_on last_seen_on
    """
)
"""The columns of a table of people; all but ``record_id`` may be absent."""

DEPARTMENT_NAMES = {
    "client_record_id": "record_id",
    "source_system": "source",
    "dob_precision": "dob_precision",
    "birth_year_low": "birth_year_low",
    "birth_year_high": "birth_year_high",
}
"""What the warehouse calls its columns; these are read too."""

YEARS = ("birth_year_low", "birth_year_high")

OF_LIFE = ("died_on", "last_seen_on")
"""Nobody is linked by these: who is seen alive after a death is asked about."""

IDENTIFYING = tuple(
    c for c in RECOGNISED if c not in ("record_id", "source", "suffix", *OF_LIFE)
)
"""Columns of which at least one must hold something."""

SYNONYMS = {
    "record_id": "id rec_id recordid record unique_id uid row_id client_id person_key",
    "source": "system dataset agency department source_name data_source origin",
    "first_name": "given_name forename firstname fname name_first first givenname",
    "middle_name": "middle_initial middlename mname mi middle second_name",
    "last_name": "surname family_name lastname lname name_last last familyname",
    "suffix": "name_suffix generation jr_sr",
    "aliases": "alias aka also_known_as nickname other_names nicknames",
    "dob": "date_of_birth birth_date birthdate dateofbirth birthday born birth_dt",
    "sex": "gender sex_at_birth gender_code",
    "ssn": "ssn_last4 ssn4 last4_ssn social_security_number soc_sec_id social",
    "phone": "telephone phone_number mobile cell cell_phone phone1 tel",
    "email": "e_mail email_address mail",
    "address": "street street_address address_1 address1 addr residence",
    "city": "town suburb municipality city_name",
    "zip": "postcode zip_code zipcode postal_code zip5 postal",
    "died_on": "date_of_death death_date dod deceased_on died_at dead_on",
    "last_seen_on": "last_seen last_contact last_contact_date last_visit last_seen_at",
}
"""Names that people give these columns; they are offered, never taken unasked."""

NEAR = 0.8
"""Least similarity of names for a suggestion; below it the guesses are wild."""


@dataclass(frozen=True)
class Unknown:
    """A column left out, and the recognised one it may be meant for."""

    column: str
    suggestion: str | None


@dataclass(frozen=True)
class People:
    """A table ready to be linked, under the engine's names.

    ``id_type`` is the type the record ids are given back in.
    """

    table: pa.Table
    unknown: tuple[Unknown, ...]
    extras: tuple[str, ...]
    id_type: pa.DataType


def choose_columns(
    table: pa.Table,
    name: str,
    extras: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
) -> People:
    """Return the recognised columns as text.

    Args:
        table: the file as ``read_people`` gave it.
        name: what the file is called in messages.
        extras: further columns to compare, at most two.
        renamed: column of the file -> recognised name.

    Raises:
        UnreadableRecords: no record ids, missing or repeated ones, no rows, nothing to
            link by, or an extra or renamed column that is not there.
    """
    renamed = dict(renamed or {})
    columns = table.column_names
    _check_asked(columns, name, extras, renamed)
    found: dict[str, str] = {}  # our name -> column of the file
    for column, ours in renamed.items():
        found[ours] = column
    for ours in RECOGNISED:
        if ours in columns and ours not in renamed:
            found.setdefault(ours, ours)
    for column, ours in DEPARTMENT_NAMES.items():
        if column in columns and column not in renamed:
            found.setdefault(ours, column)
    for ours, column in zip(EXTRA_FIELDS, extras, strict=False):
        found[ours] = column
    unused = [c for c in columns if c not in found.values()]
    unknown = tuple(Unknown(c, suggest(c, set(found))) for c in unused)
    if "record_id" not in found:
        raise UnreadableRecords(_no_ids(name, unknown))
    if table.num_rows == 0:
        raise UnreadableRecords(f"{name} holds no records, only column names")
    ids = table[found["record_id"]]
    id_type = ids.type if pa.types.is_integer(ids.type) else pa.string()
    texts = {ours: _text(ours, table[column]) for ours, column in found.items()}
    for ours in ("dob", *OF_LIFE):
        if ours in texts:
            texts[ours] = plain_dates(texts[ours], texts.get("source"))
    check_ids(texts["record_id"], f"{name}: column {found['record_id']!r}")
    _check_usable(name, texts, unknown)
    return People(pa.table(texts), unknown, tuple(extras), id_type)


def _text(ours: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    text = text_of(column, ours)
    kind = column.type
    if ours in YEARS:
        four = pc.match_substring_regex(text, r"^\d{4}$")
        return pc.if_else(four, text, pa.scalar(None, pa.string()))
    if ours == "ssn" and (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        # The last four digits 0042 became the number 42.
        return pc.utf8_lpad(text, 4, "0")
    return text


def _check_asked(
    columns: Sequence[str], name: str, extras: Sequence[str], renamed: Mapping[str, str]
) -> None:
    for column in [*extras, *renamed]:
        if column not in columns:
            near = difflib.get_close_matches(column, columns, 1, NEAR)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise UnreadableRecords(f"{name} has no column {column!r}{hint}")
    if len(extras) > len(EXTRA_FIELDS) or len(set(extras)) < len(extras):
        raise UnreadableRecords(
            f"at most {len(EXTRA_FIELDS)} different further columns can be compared"
        )
    taken = [c for c in extras if c in (*RECOGNISED, *DEPARTMENT_NAMES, *renamed)]
    if taken:
        raise UnreadableRecords(
            f"column {taken[0]!r} is read anyway; --extra is for columns that are not"
        )
    for column, ours in renamed.items():
        if ours not in RECOGNISED:
            near = suggest(ours, set())
            hint = f"; did you mean {near!r}?" if near else ""
            raise UnreadableRecords(
                f"{column!r} cannot be read as {ours!r}, which is no recognised "
                f"column{hint}"
            )
    if len(set(renamed.values())) < len(renamed):
        raise UnreadableRecords("two columns are renamed to the same name")


def suggest(column: str, present: set[str]) -> str | None:
    """Return the recognised column that a name may be meant for.

    >>> suggest("Date of Birth", set()), suggest("shoe_size", set())
    ('dob', None)
    """
    plain = re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")
    meant = {ours: ours for ours in RECOGNISED}
    meant |= {other: ours for ours in SYNONYMS for other in words(SYNONYMS[ours])}
    near = difflib.get_close_matches(plain, meant, 3, NEAR)
    offers = [meant[other] for other in near if meant[other] not in present]
    return offers[0] if offers else None


def _no_ids(name: str, unknown: Sequence[Unknown]) -> str:
    for one in unknown:
        if one.suggestion == "record_id":
            return (
                f"{name} has no column record_id; did you mean {one.column!r}? "
                f"Then say --rename {one.column}=record_id"
            )
    near = difflib.get_close_matches(
        "record_id", [one.column.lower() for one in unknown], 1, 0.6
    )
    for one in unknown:
        if near and one.column.lower() == near[0]:
            return f"{name} has no column record_id; did you mean {one.column!r}?"
    listed = ", ".join(one.column for one in unknown[:8]) or "none"
    return f"{name} has no column record_id; its columns are: {listed}"


def check_ids(ids: pa.ChunkedArray, where: str) -> None:
    """Refuse ids that are missing, nothing but spaces, or that stand twice.

    Raises:
        UnreadableRecords: with the first few of them, and how many there are.
    """
    blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(ids), ""), True)
    missing = pc.sum(blank).as_py() or 0
    if missing:
        rows = pc.indices_nonzero(blank).slice(0, 3).to_pylist()
        shown = ", ".join(str(row + 1) for row in rows)
        raise UnreadableRecords(
            f"{where} is empty in {missing:,} {_plural('record', missing)}, the first "
            f"in row {shown}"
        )
    counts = pc.value_counts(ids.combine_chunks())
    twice = counts.filter(pc.greater(counts.field("counts"), 1))
    if len(twice):
        shown = ", ".join(repr(v) for v in twice.field("values").to_pylist()[:3])
        raise UnreadableRecords(
            f"{where} must be unique, but {len(twice):,} "
            f"{_plural('value', len(twice))} "
            f"stand{'s' if len(twice) == 1 else ''} more than once: {shown}"
            + (", …" if len(twice) > 3 else "")
        )


def _plural(word: str, count: int) -> str:
    return word if count == 1 else word + "s"


def _check_usable(
    name: str, texts: Mapping[str, pa.ChunkedArray], unknown: Sequence[Unknown]
) -> None:
    present = [column for column in IDENTIFYING if column in texts]
    if any(texts[column].null_count < len(texts[column]) for column in present):
        return
    if present:
        raise UnreadableRecords(
            f"{name} has nothing to link by: {', '.join(present)} hold no value"
        )
    hints = [f"{one.column!r} as {one.suggestion}" for one in unknown if one.suggestion]
    hint = f"; did you mean {', '.join(hints[:3])}?" if hints else ""
    raise UnreadableRecords(
        f"{name} has none of the columns people are linked by "
        f"({', '.join(IDENTIFYING)}){hint}"
    )
