"""From the department's words to comparable values with typed missingness.

Belongs here: which reader reads which column, and the rules over several columns of one
record. Does not belong here: the readers (``names``, ``dates``, ``identifiers``).
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage import names, placeholders
from dagster_project.linkage.coded import (
    Coded,
    Codes,
    code_column,
    recode,
    whole_numbers,
)
from dagster_project.linkage.columns import RECORD_ID
from dagster_project.linkage.dates import read_birth_date
from dagster_project.linkage.identifiers import (
    read_email,
    read_phone,
    read_ssn,
    read_street,
    read_zip,
)
from dagster_project.linkage.newborns import FIRST_BORN, birth_orders, blanked

LONGEST = 100
"""Characters of a name, street or e-mail that are compared. Hardly a true one has more,
and a page pasted into one cell would be compared letter by letter for minutes."""

Flags = NDArray[np.bool_]

SEXES = {"m": 1, "f": 2, "w": 2}
"""By first letter: male/man, female, woman."""

SEX_WORDS = {
    **dict.fromkeys(("hombre", "homme", "lalaki", "男", "남"), 1),
    **dict.fromkeys(("mujer", "babae", "女", "여"), 2),
}
"""Words whose first letter says nothing, or the wrong thing."""


@dataclass(frozen=True)
class Standard:
    """One row per record, sorted by record id; code or number 0 means missing."""

    record_id: pa.Array
    source: Coded
    first: Coded
    middle: Coded
    last: Coded
    alias: Coded
    other_alias: Coded
    suffix: Codes
    dob: Codes  # yyyymmdd, zeros for what is not known
    year_low: Codes
    year_high: Codes
    sex: Codes
    ssn: Coded
    ssn_last4: Coded
    phone: Coded
    email: Coded
    street: Coded
    zip: Coded
    city: Coded
    extra_1: Coded
    extra_2: Coded
    surname_words: dict[str, tuple[str, ...]]  # surname -> its words, particles apart

    def take(self, rows: Codes) -> "Standard":
        """Return some of the records."""
        picked = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(
            self,
            **{
                name: value.take(pa.array(rows))
                if isinstance(value, pa.Array)
                else value.take(rows)
                for name, value in picked.items()
                if not isinstance(value, dict)
            },
        )

    def followed_by(self, other: "Standard") -> "Standard":
        """Return these records, then others; a surname has the words of both."""

        def joined(one: object, two: object) -> object:
            if isinstance(one, Coded):
                return one.followed_by(two)
            if isinstance(one, np.ndarray):
                return np.concatenate([one, two])
            return pa.concat_arrays([one, two])

        found = {
            field.name: joined(getattr(self, field.name), getattr(other, field.name))
            for field in fields(self)
            if field.name != "surname_words"
        }
        both = self.surname_words, other.surname_words
        last = found["last"]
        surnames = [last.values[code] for code in np.unique(last.codes) if code]
        words = {n: {w for told in both for w in told.get(n, ())} for n in surnames}
        told = {name: tuple(sorted(named)) for name, named in words.items()}
        return Standard(**found, surname_words=told)


def standardise(table: pa.Table) -> Standard:
    """Read every column of ``read_columns``'s table."""
    rows = table.num_rows

    def coded(name: str) -> Coded:
        return code_column(table[name] if name in table.schema.names else None, rows)

    def numbers(name: str) -> Codes:
        return whole_numbers(table[name] if name in table.schema.names else None, rows)

    written, surname = coded("first_name").read(_folded), coded("last_name")
    middle = coded("middle_name").read(_folded)
    surname = surname.read(_folded)
    first_suffix = written.numbers(lambda text: names.split_suffix(text).suffix)
    last_suffix = surname.numbers(lambda text: names.split_suffix(text).suffix)
    forename = written.read(_given_name)
    surname = surname.read(_given_name)
    words = _surname_words(surname.values)
    surname = surname.read(_glued)
    first, last = _without_unnamed(forename, surname)
    first = first.read(_unless(placeholders.is_placeholder))
    ssn, ssn_last4 = _ssns(coded("ssn"))
    dob = _birth_dates(coded("dob"), coded("dob_precision"))
    named = (last.codes > 0) & ~_written_for_nothing(table, forename)
    first = _with_doubtful(first, forename, named, dob, ssn.codes > 0)
    order, by_middle = birth_orders(written, middle, dob)
    first, middle = blanked(first, order > 0), blanked(middle, by_middle > 0)
    stated = coded("suffix").numbers(names.read_suffix)
    suffix = np.where(stated > 0, stated, np.maximum(first_suffix, last_suffix))
    suffix = np.where(order > 0, FIRST_BORN - 1 + order, suffix)
    aliases = coded("aliases")
    year_low, year_high = numbers("birth_year_low"), numbers("birth_year_high")
    return Standard(
        record_id=table[RECORD_ID].combine_chunks(),
        source=coded("source_system"),
        first=first,
        middle=middle.read(_given_name).read(_unless(placeholders.is_nobodys_middle)),
        last=last,
        alias=aliases.read(lambda text: _alias(text, 0)),
        other_alias=aliases.read(lambda text: _alias(text, 1)),
        suffix=suffix,
        dob=dob,
        year_low=np.where(year_low > 0, year_low, year_high),
        year_high=np.where(year_high > 0, year_high, year_low),
        sex=coded("sex").numbers(_sex),
        ssn=ssn,
        ssn_last4=ssn_last4,
        phone=coded("phone").read(read_phone),
        email=coded("email").read(lambda text: _beginning(read_email(text))),
        street=coded("address").read(lambda text: read_street(_folded(text))),
        zip=coded("zip").read(read_zip),
        city=coded("city").read(lambda text: names.letters_only(names.fold(text))),
        extra_1=coded("extra_1").read(_extra),
        extra_2=coded("extra_2").read(_extra),
        surname_words=words,
    )


NOTHING = frozenset(("na", "nan"))
"""What R and pandas write where a value is missing, and what is a forename too."""

NEVER_NA = ("middle_name", "suffix", "phone", "email", "address", "city", "zip", "sex")
"""Columns in which 'NA' means that the value is missing."""

NOT_SAID = frozenset(("unknown", "none", "na", "n a", "refused", "not known"))
"""What stands in any field that somebody had to fill in."""


def _extra(text: str) -> str:
    """Return a further attribute as it is compared: folded, or '' when not said."""
    folded = names.fold(text)
    return "" if folded in NOT_SAID else folded


def _folded(text: str) -> str:
    """Return a text folded, as much of it as is compared."""
    return _beginning(names.fold(text))


def _beginning(text: str) -> str:
    return text[:LONGEST].rstrip()


def _sex(text: str) -> int:
    word = _plain(text)
    return SEX_WORDS.get(word) or SEXES.get(word[:1], 0)


def _plain(text: str) -> str:
    return names.fold(text).replace(" ", "")


def _given_name(folded: str) -> str:
    return names.letters_only(names.split_suffix(folded).text)


def _glued(text: str) -> str:
    return " ".join(names.glue_particles(text.split(" ")))


def _surname_words(surnames: list[str]) -> dict[str, tuple[str, ...]]:
    """Return glued surname -> every word that any spelling of it shows apart."""
    words: dict[str, set[str]] = {}
    for text in filter(None, surnames):
        glued = _glued(text)
        words.setdefault(glued, set()).update(names.core_tokens(text))
        words[glued].update(glued.split(" "))
    return {glued: tuple(sorted(found)) for glued, found in words.items()}


def _unless(test: Callable[[str], bool]) -> Callable[[str], str]:
    return lambda text: "" if test(text) else text


def _alias(text: str, place: int) -> str:
    """Return the forename of the alias at this place of a ';'-joined list."""
    parts = [_given_name(_folded(part)) for part in text.split(";")]
    parts = [part for part in parts if part and not placeholders.is_placeholder(part)]
    return parts[place] if place < len(parts) else ""


def _ssns(column: Coded) -> tuple[Coded, Coded]:
    """Return the whole numbers and their last four digits."""
    read = [read_ssn(text) for text in column.values]
    return (
        recode([ssn.full for ssn in read], column),
        recode([ssn.last4 for ssn in read], column),
    )


def _birth_dates(dob: Coded, precision: Coded) -> Codes:
    kinds = len(precision.values)
    both, place = np.unique(dob.codes * kinds + precision.codes, return_inverse=True)
    read = [
        read_birth_date(
            dob.values[code // kinds], precision.values[code % kinds] or None
        )
        for code in both.tolist()
    ]
    return np.array(read, np.int64)[place]


def _with_doubtful(
    first: Coded, forename: Coded, named: Flags, dob: Codes, numbered: Flags
) -> Coded:
    """Put back forenames that look like placeholders and are believed.

    Args:
        first: the forenames without placeholders.
        forename: the same records' forenames as written.
        named: the record has a surname, and does not write 'NA' for nothing.
        dob: the birth date; a whole one tells that somebody knew the person.
        numbered: so does an SSN.
    """
    limits = placeholders.name_of_births_before
    doubtful = forename.read(lambda text: text if limits(text) else "")
    limit = doubtful.numbers(limits)
    whole = dob % 100 > 0
    born = np.where(whole, dob // 10000, placeholders.ANY_YEAR - 1)
    rows = np.flatnonzero(named & (whole | numbered) & (born < limit))
    together = first.followed_by(doubtful.take(rows))
    codes = together.codes[: len(first.codes)].copy()
    codes[rows] = together.codes[len(codes) :]
    return recode(together.values, Coded(together.values, codes))


def _written_for_nothing(table: pa.Table, forename: Coded) -> Flags:
    """Return the records whose 'NA' is no forename but says that there is none.

    R writes it for every missing value and pandas 'nan', so it stands in another column
    too; a person who types 'na' beside a surname with a capital means 'n/a'.
    """
    found = np.zeros(len(forename.codes), np.bool_)
    if not NOTHING.intersection(forename.values):
        return found
    nothing = pa.array(sorted(NOTHING))
    if "last_name" in table.schema.names:
        small = pc.is_in(table["first_name"].cast(pa.string()), nothing)
        surname = table["last_name"].cast(pa.string())
        capital = pc.not_equal(pc.utf8_lower(surname), surname)
        found |= pc.fill_null(pc.and_(small, capital), False).to_numpy()
    for name in NEVER_NA:
        if name in table.schema.names:
            told = pc.utf8_lower(table[name].cast(pa.string()))
            found |= pc.is_in(told, nothing).to_numpy()
    return found


def _without_unnamed(first: Coded, last: Coded) -> tuple[Coded, Coded]:
    """Drop placeholder surnames, and the forename where both are nobody's together.

    Whether 'Null' or 'Doe' is a name depends on the forename beside it, so records with
    such a surname are read one by one; there are few.
    """
    doubtful = np.array(
        [bool(v) and placeholders.is_doubtful_surname(v) for v in last.values]
    )
    rows = np.flatnonzero(doubtful[last.codes])
    first_codes, last_codes = first.codes.copy(), last.codes.copy()
    for row in rows.tolist():
        forename = first.values[first.codes[row]]
        surname = last.values[last.codes[row]]
        if placeholders.is_placeholder_surname(surname, forename):
            last_codes[row] = 0
        if placeholders.is_unnamed_pair(forename, surname):
            first_codes[row] = 0
    return (
        recode(first.values, Coded(first.values, first_codes)),
        recode(last.values, Coded(last.values, last_codes)),
    )
