"""What is searched for: found however it is written, and nothing else is."""

import pytest

from dagster_project.erasure.needles import Haystack, needles_of
from dagster_project.erasure.orders import Identity

HANH = Identity("Hạnh", "Nguyễn", "1975-03-09", "219099999")
STACK = Haystack(
    needles_of(["hsh:hmis:286748516", "hsh:hmis:7"], ["p_0123456789abcdef0123"], [HANH])
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('{"PersonalID":"286748516"}', "client record id"),
        ("Patient/286748516/_history/1", "client record id"),
        ("a decision about hsh:hmis:7, withdrawn", "client record id"),
        ("person p_0123456789abcdef0123;", "person id"),
        ("SSN 219-09-9999.", "social security number"),
        ("SSN 219-09-9999", "social security number"),
        ('"219099999"', "social security number"),
        ("1975-03-09,NGUYỄN,hạnh", "name"),
        (r"{\"family\":\"Nguyễn\",\"given\":[\"Hạnh\"],\"at\":\"19750309\"}", "name"),
        ("Hạnh Nguyễn born 1975-03-10", None),
        ("2867485160 and 1286748516", None),
        ("hsh:hmis:71 has 7 rows", None),
        ("2190999990", None),
    ],
)
def test_a_text_holds_a_needle_or_not(text: str, what: str | None) -> None:
    expected = {what} if what else set()
    assert {needle.what for needle in STACK.found(text)} == expected


def test_in_a_file_that_is_no_text_ids_and_numbers_are_found() -> None:
    data = b"\0\1garbage219099999\0hsh:hmis:7x" + "Nguyễn".encode()
    assert {n.what for n in STACK.found_in_bytes(data)} == {
        "client record id",
        "social security number",
    }
    assert STACK.found_in_bytes(b"\x000.2190999991 hsh:hmis:77") == set()


@pytest.mark.parametrize(
    "nobodys",
    [
        Identity("", "Nguyễn", "1975-03-09", ""),
        Identity("Hạnh", "Nguyễn", "", "000000000"),
        Identity("Hạnh", "Nguyễn", "1975", "999999999"),
    ],
)
def test_what_tells_of_nobody_is_not_searched_for(nobodys: Identity) -> None:
    assert needles_of([], [], [nobodys]) == []
