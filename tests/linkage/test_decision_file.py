import json
import multiprocessing
from datetime import UTC, datetime

import pytest

from dagster_project.linkage.decision_entries import (
    UnreadableDecisions,
    confirmation_line,
    decision_line,
    withdrawal_line,
)
from dagster_project.linkage.decision_file import adding_to, read_decisions
from dagster_project.linkage.decisions import Decision

DAY = datetime(2026, 3, 1, tzinfo=UTC)


def taken(number=1):
    return Decision(
        f"d{number}",
        "must_link",
        "hsh:hmis:1",
        "fire:epcr:2",
        "dieselbe Narbe über dem Auge",
        "Jürgen Weiß",
        DAY,
        {"dob": "00"},
        {"dob": "01"},
    )


def add(path, line):
    with adding_to(path) as (_, append):
        append(line)


def test_what_is_added_is_read(tmp_path):
    path = tmp_path / "decisions.jsonl"
    assert read_decisions(path) == []
    add(path, decision_line(taken(1)))
    add(path, decision_line(taken(2)))
    assert read_decisions(path) == [taken(1), taken(2)]
    add(path, withdrawal_line("d1", "war es nicht", "Nguyễn An", DAY))
    add(path, confirmation_line("d2", "still", "Kim", DAY, {"dob": "7"}, {"dob": "8"}))
    first, second = read_decisions(path)
    assert first.withdrawn_by == "Nguyễn An" and first.reason == taken(1).reason
    assert second.left_content == {"dob": "7"} and second.decided_by == "Kim"
    assert path.stat().st_mode & 0o077 == 0, "nobody else reads it"
    assert len(path.read_text().splitlines()) == 4, "no line is ever changed"


def test_a_line_cut_short_was_never_confirmed(tmp_path):
    path = tmp_path / "decisions.jsonl"
    add(path, decision_line(taken(1)))
    whole = path.read_bytes()
    path.write_bytes(whole + decision_line(taken(2)).encode()[:40])
    assert read_decisions(path) == [taken(1)]
    add(path, decision_line(taken(3)))
    assert read_decisions(path) == [taken(1), taken(3)]
    path.write_bytes(whole.rstrip(b"\n"))
    add(path, decision_line(taken(2)))
    assert read_decisions(path) == [taken(1), taken(2)], "only its end was missing"


def entry(**changes):
    return json.dumps(json.loads(decision_line(taken())) | changes)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("perhaps", "line 2: "),
        ("[]", "line 2: not an entry"),
        ('{"entry": "decision"}', "line 2: 'decision_id' is missing"),
        (entry(), "line 2: d1 was taken before"),
        (entry(decision_id="d2", kind="perhaps"), "line 2: perhaps is no kind"),
        (
            entry(decision_id="d2", client_record_id_r="hsh:hmis:1"),
            "line 2: d2 names hsh:hmis:1 twice",
        ),
        (entry(decision_id="d2", at="2026-03-01"), "does not say its time zone"),
        (withdrawal_line("d7", "r", "b", DAY), "line 2: there is no decision d7"),
        (entry(entry="perhaps"), "line 2: perhaps is no entry"),
    ],
)
def test_a_line_that_says_nothing_is_named(tmp_path, line, said):
    path = tmp_path / "decisions.jsonl"
    path.write_text(decision_line(taken()) + "\n" + line + "\n")
    with pytest.raises(UnreadableDecisions, match=said) as refused:
        read_decisions(path)
    assert str(refused.value).startswith("decisions.jsonl")


def _book(path, first, times):
    for number in range(first, first + times):
        with adding_to(path) as (decisions, append):
            assert len(decisions) < 40
            append(decision_line(taken(number)))


def test_two_stewards_at_once_lose_nothing(tmp_path):
    path = tmp_path / "decisions.jsonl"
    fork = multiprocessing.get_context("fork")
    both = [fork.Process(target=_book, args=(path, n, 20)) for n in (100, 200)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    numbers = {int(d.decision_id[1:]) for d in read_decisions(path)}
    assert numbers == {*range(100, 120), *range(200, 220)}
