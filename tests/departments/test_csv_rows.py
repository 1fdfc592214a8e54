import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.departments import csv_rows
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table

PEOPLE = Table("people", "people", ("id", "Name", "dob"), key=("id",))
VERSIONED = Table(
    "log",
    "log",
    ("id", "Date", "Time", "Moment"),
    key=("id",),
    versions={"v1": ("id", "Date", "Time"), "v2": ("id", "Moment")},
)


def rows(data: bytes, table: Table = PEOPLE, **told) -> list[dict]:
    return [
        {column: texts[at] for column, texts in columns.items()}
        for chunk in csv_rows.chunks(io.BytesIO(data), table, **told)
        for columns in [{c: a.to_pylist() for c, a in chunk.columns.items()}]
        for at in range(len(next(iter(columns.values()))))
    ]


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"id,name,dob\n1,Ann,x\n", ["Ann"]),
        (b"\xef\xbb\xbfid,name,dob\n1,Ann,x\n", ["Ann"]),
        (b"id,name,dob\r\n1,Ann,x\n2,Bo,y\r\n", ["Ann", "Bo"]),
        (b"id,name,dob\r1,Ann,x\r2,Bo,y\r", ["Ann", "Bo"]),
        (b"DOB,ID,NAME\nx,1,Ann\n", ["Ann"]),
        (b"id,name,dob\n1,Ann,x\n\n2,Bo,y\n\n", ["Ann", "Bo"]),
        (b'id,name,dob\n1,"An\nn, ""A""",x\n', ['An\nn, "A"']),
        (b"id,name,dob\n1,=cmd|' /C calc'!A0,x\n", ["=cmd|' /C calc'!A0"]),
        (
            b"id,name,dob\n1,R'); DROP TABLE x;--,x\n",
            ["R'); DROP TABLE x;--"],
        ),
        ("id,name,dob\n1,Nguyễn Thị Hạnh,x\n".encode(), ["Nguyễn Thị Hạnh"]),
        (b'id,name,dob\n1,,x\n2,"",x\n', [None, None]),
        (b"id,name,dob\n", []),
        (b"id,name\n1,Ann\n", ["Ann"]),
        (b"\r\nid,name,dob\r\n1,Ann,x\r\n", ["Ann"]),
        (b"id,name,dob,,\n1,Ann,x,,\n,,,,\n2,Bo,y,,\n", ["Ann", "Bo"]),
        (b"id, Na_me,D O B\n1,Ann,x\n", ["Ann"]),
        (b'"id","name","dob"\n"1","Ann","x"\n"2","Bo","y"', ["Ann", "Bo"]),
        (b'id,name,dob\n1,Ann,"x ""y"""', ["Ann"]),
        (b"id,name,dob\n1,Ann,x\n\nMade by Bo\n(1 row)\n", ["Ann"]),
        (b"id,name,dob\n1,name,x\n", ["name"]),
        (b"id,name,dob\n1,Ann,1980-02-03\n2,Bo,1980-02-03", ["Ann", "Bo"]),
        (b"id,name,dob", []),
        (b"id,name,dob\r\n1,Ann,x\r\n\x1a", ["Ann"]),
    ],
)
def test_reads_what_is_well_formed(data, names):
    assert [row["Name"] for row in rows(data)] == names


@pytest.mark.parametrize(
    ("data", "rule", "line"),
    [
        (b"", "empty", 1),
        (b"id,name,dob\n1,Ann,x\n2,Bo", "torn", 3),
        (b"id,name,dob\n1,Ann,x\n2,Bo\n", "ragged", 3),
        (b"id,name,dob\n1,Ann,x\n2,Bo,y,EXTRA\n", "ragged", 3),
        (b'id,name,dob\n1,"A\nnn",x\n2,Bo\n', "ragged", 4),
        (b'id,name,dob\n1,"Ann,x\n2,Bo,y\n', "quotes", 2),
        (b'id,name,dob\n1,"A\nb",x\n\n2,"Bo,y\n3,Cy,z\n', "quotes", 5),
        (b'id,"name,dob\n1,Ann,x\n', "quotes", 1),
        (b'id,name,dob\n1,"Ann"x,y\n', "quotes", 2),
        (b"id,name,name\n1,Ann,Bo\n", "header_twice", 1),
        (b"id,name,dob,hiv_status\n1,Ann,x,pos\n", "header_unknown", 1),
        (b"id;name;dob\n1;Ann;x\n", "header_unknown", 1),
        (b"name,dob\nAnn,x\n", "header", 1),
        (b"<html><body>502 Bad gateway</body></html>\n", "web_page", 1),
        (b"id,name,dob\n1,A\0nn,x\n", "nul", 2),
        ("id,name,dob\n1,José,x\n".encode("cp1252"), "encoding", 2),
        ("id,name,dob\n1,José,x\n".encode("utf-16"), "nul", 1),
        (b"id,name,dob\n1," + b"x" * (2 << 20) + b",y\n", "field_limit", 2),
        (b"id,name,dob\n1,\xc3", "torn", None),
        (b'id,name,dob\n1,Ann,"x ""y""', "torn", 2),
        (b"id,name,dob\n1,Ann,1980\n2,Bo,198", "torn", 3),
        (b"id,name,dob\n1,Ann,1980\n2,Bo,1981", "torn", 3),
        (b"id,name,dob\n1,Ann,\n2,Bo,", "torn", 3),
        (b"id,name,dob\n1,Ann,1\n2,Bo,1", "torn", 3),
        (b'"id","name","dob"\n"1","Ann"', "ragged", 2),
        (b"id,name,dob,,\n1,Ann,,x,\n", "nameless", 2),
        (b"id,name,dob\n1,Ann,x\nname,id,dob\nBo,2,y\n", "header_again", 3),
        (b"id,name,dob\n1,Ann,x\nMade by Bo\n", "ragged", 3),
        (b"id,name,dob\n1,Ann,x\n\nMade by Bo\n2,Bo,y\n", "ragged", 4),
        (b"id,name,dob\n1,Ann,x\n\nMade by Bo,Ann\n", "ragged", 4),
    ],
)
def test_refuses_structural_faults_with_the_line(data, rule, line):
    with pytest.raises(Refused) as refused:
        rows(data)
    assert (refused.value.rule, refused.value.line) == (rule, line)


@pytest.mark.parametrize(("row", "mark"), [("1,Ann", "line end"), ("1,A,n,x", "comma")])
def test_a_row_of_another_width_says_what_to_look_for(row, mark):
    with pytest.raises(Refused, match=f"hold a {mark} without quotes"):
        rows(f"id,name,dob\n{row}\n".encode())


def test_what_stands_under_a_report_is_counted_and_lines_keep_their_numbers():
    data = b"id,name,dob\n\n1,Ann,x\n,,\n2,Bo,y\n\nMade by Bo\nfor the city\n"
    first, last = csv_rows.chunks(io.BytesIO(data), PEOPLE)
    assert [first.line_of(at) for at in (0, 1)] == [3, 5]
    assert (first.lines_passed_over, last.lines_passed_over) == (0, 2)


def test_a_proven_file_needs_no_last_line_end():
    assert rows(b"id,name,dob\n1,Ann,x", is_proven_whole=True)[0]["dob"] == "x"


@pytest.mark.parametrize(
    ("header", "version"),
    [("id,date,time", "v1"), ("MOMENT,id", "v2"), ("id,moment,date", "")],
)
def test_a_header_belongs_to_one_version(header, version):
    if not version:
        with pytest.raises(Refused, match="header"):
            csv_rows.header_of(header.split(","), VERSIONED)
        return
    assert csv_rows.header_of(header.split(","), VERSIONED)[0] == (version,)


def test_says_which_line_a_row_with_line_ends_stands_on():
    data = b'id,name,dob\n1,"A\nn",x\n2,Bo,y\n3,"C\r\ny",z\n4,Di,q\n'
    (chunk,) = csv_rows.chunks(io.BytesIO(data), PEOPLE)
    assert [chunk.line_of(at) for at in range(4)] == [2, 4, 5, 7]


class Dribble(io.BytesIO):
    """A stream that hands out its bytes in odd pieces, as a network does."""

    def read(self, size=-1):
        return super().read(random.Random(self.tell()).randint(1, 7))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@given(st.lists(st.tuples(st.integers(), texts, texts), max_size=30), st.booleans())
def test_round_trip_of_any_text(people, is_unix):
    data = io.StringIO()
    end = "\n" if is_unix else "\r\n"
    writer = csv.writer(data, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "Name", "dob"), *people])
    stream = Dribble(data.getvalue().encode())
    found = [
        tuple(texts)
        for chunk in csv_rows.chunks(stream, PEOPLE)
        for texts in zip(
            *(column.to_pylist() for column in chunk.columns.values()), strict=True
        )
    ]
    assert found == [(str(i), a or None, b or None) for i, a, b in people]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data):
    try:
        rows(b"id,name,dob\n" + data)
    except Refused as refused:
        assert refused.rule
        assert refused.reason


@pytest.mark.parametrize("filled", [0, 1, 2, 3, 4])
def test_an_empty_field_is_nothing_however_full_its_column(filled):
    texts = [str(at) if at < filled else "" for at in range(4)]
    lines = [f"{at},{text}," for at, text in enumerate(texts)]
    found = rows("\n".join(["id,name,dob", *lines, ""]).encode())
    assert [row["Name"] for row in found] == [text or None for text in texts]
