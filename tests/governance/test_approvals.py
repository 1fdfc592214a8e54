"""The agreement holds on its days, as two parties approved it."""

from datetime import date

import pytest

from dagster_project.governance.approve import CannotApproveError, approve
from dagster_project.governance.in_force import checked, in_force
from dagster_project.governance.read import AgreementRefused
from tests.governance.conftest import DAY, OURS


def test_the_agreement_in_the_repository_is_in_force():
    assert in_force(OURS, DAY).small_cell_minimum == 11


@pytest.mark.parametrize(
    ("day", "told"),
    [(date(2023, 6, 30), "takes effect on"), (date(2028, 7, 1), "it expired on")],
)
def test_outside_its_days_nobody_works_under_it(day, told):
    with pytest.raises(AgreementRefused, match=told):
        in_force(OURS, day)


def test_a_change_needs_two_fresh_approvals(changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 15"))
    with pytest.raises(AgreementRefused, match="nobody approved this content"):
        in_force(path, DAY)
    told = approve(path, by="Nguyễn Văn An", role="Director, DPH", on=DAY)
    assert "One more party must" in told
    with pytest.raises(AgreementRefused, match="Nguyễn Văn An"):
        in_force(path, DAY)
    with pytest.raises(CannotApproveError, match="another person"):
        approve(path, by="nguyễn văn an", role="Director", party="hsh", on=DAY)
    with pytest.raises(CannotApproveError, match="another party"):
        approve(path, by="Fatoumata Diallo", role="Counsel", party="dph", on=DAY)
    approve(path, by="Fatoumata Diallo", role="Counsel", party="hsh", on=DAY)
    assert in_force(path, DAY).small_cell_minimum == 15
    assert len(in_force(path, DAY).approvals) == 4


ZOE = "Zoë Ó Briain"


@pytest.mark.parametrize(
    "again",
    [
        *(
            "zoë ó briain",
            "Zoe\u0308 O\u0301 Briain",
            "Zoë  Ó\u00a0Briain",
            "Zoe O Briain",
        ),
        *("Ｚｏë Ó Briain", "Briain, Zoë Ó", " ZOË Ó BRIAIN."),
    ],
)
def test_one_person_written_twice_is_one(changed, again):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 15"))
    approve(path, by=ZOE, role="Director", party="hsh", on=DAY)
    with pytest.raises(CannotApproveError, match="another person"):
        approve(path, by=again, role="Director", party="fire", on=DAY)
    text = path.read_text(encoding="utf-8")
    entry = text[text.rindex("  - by:") :]
    by_hand = entry.replace(ZOE, f'"{again}"').replace("party: hsh", "party: fire")
    path.write_text(text + by_hand, encoding="utf-8")
    with pytest.raises(AgreementRefused, match="who are one person"):
        in_force(path, DAY)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"by": '" . "'}, "is nobody's name"),
        ({"on": "2126-01-01"}, "a day still to come"),
        ({"on": "2023-06-30"}, "before a document it names was signed"),
        ({"on": "2023-12-31", "party": "dph"}, "was no party on that day"),
    ],
)
def test_an_approval_that_does_not_count_says_why(changed, entry, told):
    first = "  - by: Adaeze Okonkwo-Reyes\n    role: Privacy officer\n    party: dph\n"
    first += "    on: 2026-11-28\n"
    terms = {"by": "Adaeze Okonkwo-Reyes", "party": "dph", "on": "2026-11-28"} | entry
    other = f"  - by: {terms['by']}\n    role: Privacy officer\n"
    other += f"    party: {terms['party']}\n    on: {terms['on']}\n"
    path = changed((first, other))
    with pytest.raises(AgreementRefused, match=told) as refused:
        in_force(path, DAY)
    found = next(f for f in refused.value.findings if told in f.sentence)
    line = path.read_text(encoding="utf-8").splitlines()[found.line - 1]
    assert terms["by"] in line
    assert "Lê Thị Minh Châu (mayor) approved this content" in str(refused.value)


def test_to_go_back_is_a_change_that_must_be_approved(changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 15"), approved=True)
    assert in_force(path, DAY).small_cell_minimum == 15
    text = path.read_text(encoding="utf-8")
    back = text.replace("small_cell_minimum: 15", "small_cell_minimum: 11")
    path.write_text(back, encoding="utf-8")
    assert checked(path).sha256 == checked(OURS).sha256
    with pytest.raises(AgreementRefused, match="it was changed since"):
        in_force(path, DAY)
    for by, party in (("김 하늘", "fire"), ("Nguyễn Văn An", "dem")):
        approve(path, by=by, role="Director", party=party, on=DAY)
    assert in_force(path, DAY).small_cell_minimum == 11


@pytest.mark.parametrize(
    ("joined", "left", "told"),
    [
        ("2027-01-01", "", "no party on"),
        ("2023-07-01", ", left: 2024-01-01", "no party"),
    ],
)
def test_who_is_no_party_on_the_day_cannot_approve(changed, joined, left, told):
    dt = "name: Department of Technology, joined: "
    path = changed((f"{dt}2023-07-01", f"{dt}{joined}{left}"))
    with pytest.raises(CannotApproveError, match=told):
        approve(path, by="Oluwaseun Adé", role="Director", party="dt", on=DAY)


def test_comments_and_order_need_no_approval(changed):
    plain = checked(OURS).sha256
    path = changed(("agreement:\n", "# Said again.\nagreement:\n"))
    assert checked(path).sha256 == plain


def test_an_approver_speaks_for_a_party(changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 12"))
    with pytest.raises(CannotApproveError, match="no party"):
        approve(path, by="Oluwaseun Adé", role="Friend", on=DAY)
