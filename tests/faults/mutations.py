"""Deliveries of every feed, and a hundred ways to get one wrong.

Belongs here: changes a careless or hostile sender could make, each drawn from a random
source that a seed fixes. Does not belong here: what must come of them
(``test_mutations``). The deliveries changed are the street's (``tests/realities``).
"""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from random import Random

from tests.departments.made_up_deliveries import csv_bytes, hmis_files, zipped
from tests.realities import street

Content = bytes | dict[str, bytes]
"""A delivery: one file, or a folder of files by name."""

VALUES = (
    *("", " ", "NULL", "N/A", "?", "-1", "-5", "0", "1.5", "3.0", "true", "Yes", "99"),
    *("1e309", "NaN", "inf", "2147483648", "9223372036854775808", "1" * 400),
    *("07/04/2025", "4/7/25", "2025-02-30", "0000-00-00", "0001-01-01", "9999-12-31"),
    *("1899-12-30", "45123", "45123.75", "20250704", "2025-07", "2025-W27", "infinity"),
    *("-infinity", "epoch", "294247-01-10 04:00:54", "5877642-06-25", "1969-12-31"),
    *("2025-03-09 02:30:00", "2025-11-02 01:30:00", "2025-07-04T24:00:00"),
    *("2025-07-04T12:00:60Z", "2025-07-04T12:00:00+99:99", "2025-07-04T12:00:00-0700"),
    *(
        "Řehoř",
        "Nguyễn\u0301",
        "\u202eanA",
        "\u200b",
        "💩",
        "\x01\x1b[2J",
        "a\nb",
        "a\r\nb",
    ),
    *('"', "'", "O'Brien", ";", ";;", "a;b;;c", "\\", "%s", "{{ 1/0 }}", "=1+1", "<b>"),
    *("[]", "{}", "NV:7701003", "PN:8801019", "../../etc", "A" * 5000),
)
"""What stands in real exports where something else should, and some worse."""

JSON_VALUES = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1.5,
        10**40,
        -(10**19),
        [],
        {},
        [[]],
        [None],
        {"a": {}},
    ),
    *(["x", 1], {"code": 3}, {"reference": 7}, {"coding": [{"code": []}]}),
    *(
        {"start": "never"},
        [{"coding": "x"}],
        {"type": "Point", "coordinates": [0, "x"]},
    ),
)
"""JSON of another kind than the element has."""


def rows_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def written(rows: list[list[str]], **form) -> bytes:
    text = io.StringIO()
    csv.writer(text, **form).writerows(rows)
    return text.getvalue().encode("utf-8", "surrogatepass")


def _by_columns(change: Callable[[list, Random], list]) -> Callable:
    """Return a change of a CSV file made column by column."""

    def changed(data: bytes, random: Random) -> bytes:
        columns = [list(column) for column in zip(*rows_of(data), strict=True)]
        turned = change(columns, random)
        return written([list(row) for row in zip(*turned, strict=True)])

    return changed


def drop_column(columns, random):
    return [c for at, c in enumerate(columns) if at != random.randrange(len(columns))]


def double_column(columns, random):
    return [*columns, random.choice(columns)]


def rename_column(columns, random):
    column = random.choice(columns)
    column[0] = random.choice([column[0] + "2", " ".join(column[0]), "", "Größe", "x"])
    return columns


def shuffle_columns(columns, random):
    return random.sample(columns, len(columns))


def recase_header(columns, random):
    how = random.choice([str.upper, str.lower, str.swapcase, lambda text: f" {text} "])
    return [[how(column[0]), *column[1:]] for column in columns]


def add_columns(columns, random):
    size = len(columns[0]) - 1
    extra = [[f"Vendor_{n}__c", *["x"] * size] for n in range(random.randint(1, 40))]
    return random.sample([*columns, *extra], len(columns) + len(extra))


def odd_cells(data: bytes, random: Random) -> bytes:
    """Put odd values into a few cells of a CSV file."""
    rows = rows_of(data)
    for _ in range(random.randint(1, 4)):
        if len(rows) > 1:
            row = random.choice(rows[1:])
            row[random.randrange(len(row))] = random.choice(VALUES)
    return written(rows)


def odd_column(data: bytes, random: Random) -> bytes:
    """Fill one column of a CSV file with one odd value."""
    rows = rows_of(data)
    at, value = random.randrange(len(rows[0])), random.choice(VALUES)
    return written([rows[0], *[[*r[:at], value, *r[at + 1 :]] for r in rows[1:]]])


def twice(data: bytes, random: Random) -> bytes:
    """Say every row of a CSV file twice, out of order."""
    head, *rows = rows_of(data)
    return written([head, *random.sample(rows * 2, len(rows) * 2)])


def other_form(data: bytes, random: Random) -> bytes:
    """Write a CSV file with other separators, quotes or line ends."""
    form = random.choice(
        [
            {"delimiter": random.choice("\t;|")},
            {"lineterminator": random.choice(["\n", "\r", "\r\n", "\n\n"])},
            {"quoting": csv.QUOTE_ALL},
        ]
    )
    return written(rows_of(data), **form)


CSV_CHANGES = (
    *map(_by_columns, (drop_column, double_column, rename_column, shuffle_columns)),
    *map(_by_columns, (recase_header, add_columns)),
    *(odd_cells, odd_cells, odd_cells, odd_column, odd_column, twice, other_form),
)


def empty(data: bytes, random: Random) -> bytes:
    return random.choice(
        [b"", b"\n", b" ", data.split(b"\n")[0] + b"\n", b"\xef\xbb\xbf"]
    )


def cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def marked(data: bytes, random: Random) -> bytes:
    return b"\xef\xbb\xbf" + data


def windows(data: bytes, random: Random) -> bytes:
    return data.decode().replace("a", "é").encode("cp1252", "replace")


def wide(data: bytes, random: Random) -> bytes:
    return data.decode("utf-8-sig").encode(random.choice(["utf-16", "utf-16-le"]))


def stray_bytes(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    stray = random.choice([b"\0", b'"', b"'", b"\n", b"\r", b"\xff", b",", b"<", b"]}"])
    return data[:at] + stray + data[at + random.randint(0, 2) :]


def doubled(data: bytes, random: Random) -> bytes:
    return data + data


BYTE_CHANGES = (empty, cut, marked, windows, wide, stray_bytes, stray_bytes, doubled)


def _places(value, found: list | None = None) -> list[tuple]:
    """Return every place inside a JSON value, as a container and a key."""
    found = [] if found is None else found
    inside = enumerate(value) if isinstance(value, list) else ()
    for key, inner in value.items() if isinstance(value, dict) else inside:
        found.append((value, key))
        _places(inner, found)
    return found


def odd_json(value, random: Random):
    """Change, drop or double something inside a JSON value."""
    for _ in range(random.randint(1, 3)):
        places = _places(value)
        if not places:
            return value
        container, key = random.choice(places)
        what = random.random()
        if what < 0.7:
            container[key] = random.choice([*VALUES, *JSON_VALUES])
        elif what < 0.8:
            del container[key]
        elif isinstance(container, dict):
            container[f"{key}2"] = container[key]
        else:
            container.append(container[key])
    return value


def json_array(data: bytes, random: Random) -> bytes:
    text = json.dumps(
        odd_json(json.loads(data), random), ensure_ascii=random.random() < 0.5
    )
    return text.encode("utf-8", "surrogatepass")


def json_lines(data: bytes, random: Random) -> bytes:
    lines = [json.loads(line) for line in data.splitlines()]
    at = random.randrange(len(lines))
    lines[at] = odd_json(lines[at], random)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def odd_element(data: bytes, random: Random) -> bytes:
    """Put an odd text, attribute or tag into an XML document."""
    text = data.decode()
    found = list(re.finditer(r"<([\w.]+)((?: [^<>]*)?)>([^<>]*)</\1>", text))
    one = random.choice(found)
    tag, attributes, inside = one.groups()
    value = random.choice(VALUES).replace("&", "").replace("<", "&lt;")
    value = re.sub(r"[\x00-\x08\x0b-\x1f]", "", value)
    new = random.choice(
        [
            f"<{tag}{attributes}>{value}</{tag}>",
            f'<{tag} xsi:nil="true" NV="{random.choice(["7701003", "?", ""])}"/>',
            f'<{tag} PN="8801019">{inside}</{tag}>',
            one[0] * 3,
            "",
            f"<{tag}><{tag}>{inside}</{tag}></{tag}>",
            f"<x.01>{inside}</x.01>",
            f"<!-- {inside} --><![CDATA[{value.replace('&lt;', '<')}]]>",
        ]
    )
    return (text[: one.start()] + new + text[one.end() :]).encode()


def changes_of(name: str) -> tuple[Callable, ...]:
    """Return the changes that fit a file, by its name."""
    if name.endswith(".csv"):
        return CSV_CHANGES + BYTE_CHANGES
    if name.endswith(".xml"):
        return (odd_element,) * 12 + BYTE_CHANGES
    if name.endswith(".ndjson"):
        return (json_lines,) * 12 + BYTE_CHANGES
    return (json_array,) * 12 + BYTE_CHANGES


def _hmis(year: str) -> dict[str, bytes]:
    people = street.PEOPLE
    told = street.export(
        "2025-06-30" if year == "FY2024" else "2026-01-31", "2", year[2:]
    )
    key = {"EnrollmentID": "E100", "PersonalID": "100"}
    return hmis_files(
        year,
        Export=told,
        Client=people,
        Enrollment=[street.enrolment(person) for person in people],
        Exit=[key | {"ExitID": "X1", "ExitDate": "2025-03-04", "Destination": "435"}],
        CurrentLivingSituation=[street.situation(p["PersonalID"]) for p in people],
        Event=[key | {"EventID": "V1", "EventDate": "2025-03-01", "Event": "10"}],
        Services=[
            key
            | {"ServicesID": "S1", "DateProvided": "2025-03-02", "RecordType": "200"}
        ],
        Assessment=[key | {"AssessmentID": "A1", "AssessmentDate": "2025-03-03"}],
    )


def valid() -> dict[tuple[str, str], Content]:
    """Return a valid delivery of each feed and form, by department and ending."""
    calls = [{key: str(value) for key, value in row.items()} for row in street.CALLS]
    called = sorted({key for row in calls for key in row})
    case = {"service_request_id": "1", "requested_datetime": "2025-07-01T10:00:00"}
    cases = [case | {"service_name": "Encampment", "lat": "37.77", "long": "-122.41"}]
    (last, *_) = (street.FHIR["fhir_20250707T040000"],)
    return {
        ("hsh", "_2024"): _hmis("FY2024"),
        ("hsh", "_2026"): _hmis("FY2026"),
        ("fire", ".xml"): street.CARE,
        ("fire", ".json"): json.dumps(street.UNITS).encode(),
        ("fire", ".csv"): csv_bytes(sorted(street.UNITS[0]), street.UNITS),
        ("dph", "_fhir"): last,
        ("dem", ".json"): json.dumps(street.CALLS).encode(),
        ("dem", ".csv"): csv_bytes(called, calls),
        ("dem", "_log.csv"): street.utc_log(),
        ("datasf", ".json"): json.dumps(cases).encode(),
        ("datasf", ".csv"): csv_bytes(sorted(cases[0]), cases),
    }


def mutated(content: Content, ending: str, random: Random) -> Content:
    """Return a delivery with one to three changes, a folder sometimes as a zip."""
    for _ in range(random.choice([1, 1, 2, 3])):
        if isinstance(content, Mapping):
            content = dict(content)
            name = random.choice(sorted(content))
            if random.random() < 0.05:
                del content[name]
            else:
                content[name] = _changed(content[name], name, random)
        else:
            content = _changed(content, ending, random)
    if isinstance(content, Mapping) and random.random() < 0.5:
        return zipped(content)
    return content


def _changed(data: bytes, name: str, random: Random) -> bytes:
    try:
        return random.choice(changes_of(name))(data, random)
    except (ValueError, IndexError, csv.Error, UnicodeError, TypeError):
        return data[:-1]  # an earlier change broke the form this one needs
