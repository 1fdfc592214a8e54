"""The identity ledger under random lives of records, runs and stewards' decisions."""

from datetime import UTC, datetime, timedelta

import duckdb
import pyarrow as pa
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dagster_project.linkage.decisions import (
    CANNOT_LINK,
    KINDS,
    MUST_LINK,
    Decision,
    stand,
)
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.ledger import no_events, person_as_of, replay
from dagster_project.linkage.ledger_sql import create_macros

START = datetime(2026, 1, 1, tzinfo=UTC)
RECORDS = [f"hsh:{n}" for n in range(5)] + [f"fire:{n}" for n in range(4)]
records = st.sampled_from(RECORDS)
clusters = st.sampled_from("abcd")


def in_sql(events, moment):
    """Return record -> person as the macro of the warehouse tells it."""
    plain = [
        f.with_type(pa.timestamp("us")) if f.name == "at" else f for f in events.schema
    ]
    rows = events.cast(pa.schema(plain))
    with duckdb.connect() as connection:
        connection.execute("create schema linkage")
        connection.register("_rows", rows)
        connection.execute(
            "create table linkage.identity_events as select * from _rows"
        )
        create_macros(connection)
        return dict(
            connection.execute(
                "select client_record_id, person_id from linkage.person_as_of(?)",
                [moment.replace(tzinfo=None)],
            ).fetchall()
        )


class Lives(RuleBasedStateMachine):
    """Departments add, change, delete and merge records; stewards decide; runs link."""

    def __init__(self):
        super().__init__()
        self.evidence: dict[str, str] = {}
        self.merged: dict[str, str] = {}
        self.decisions: list[Decision] = []
        self.events = no_events()
        self.now = START
        self.states: dict[datetime, dict[str, str]] = {}

    @rule(record=records, cluster=clusters)
    def a_record_is_new_or_changes(self, record, cluster):
        self.evidence[record] = cluster

    @rule(record=records)
    def a_record_is_deleted(self, record):
        self.evidence.pop(record, None)

    @rule(old=records, into=records)
    def a_department_merges_two_records(self, old, into):
        if old != into and old[0] == into[0] and into not in self.merged:
            self.merged[old] = into

    @rule(old=records)
    def a_department_takes_a_merge_back(self, old):
        self.merged.pop(old, None)

    @rule(left=records, right=records, kind=st.sampled_from(KINDS))
    def a_steward_decides(self, left, right, kind):
        if left != right:
            number = len(self.decisions)
            self.decisions.append(
                Decision(f"d{number}", kind, left, right, "seen", "Oyelaran", START)
            )

    @rule(data=st.data())
    def a_steward_withdraws(self, data):
        if self.decisions:
            place = data.draw(st.integers(0, len(self.decisions) - 1))
            taken = self.decisions[place]
            self.decisions[place] = Decision(
                *(getattr(taken, f) for f in list(Decision.__match_args__)[:7]),
                withdrawn_by="Kim",
                withdrawn_at=START,
            )

    def partition(self):
        """Return record -> cluster by evidence and by what stewards decided."""
        there = {r: c for r, c in self.evidence.items() if r not in self.merged}
        standing = stand(self.decisions, {r: {} for r in there})
        label = dict(there)
        for left, right in standing.pairs(MUST_LINK):
            old, new = label[right], label[left]
            label = {r: new if c == old else c for r, c in label.items()}
        for left, right in standing.pairs(CANNOT_LINK):
            if label[left] == label[right]:
                group = must_group(right, standing.pairs(MUST_LINK))
                label |= {r: f"not with {left}" for r in group if r in label}
        return label, standing

    @rule(days=st.integers(0, 3))
    def a_run_links(self, days):
        partition, standing = self.partition()
        ledger = replay(self.events)
        self.now = at = self.now + timedelta(days=days)

        def book(ledger, run_id):
            return reconcile(
                ledger,
                pa.table(
                    {
                        "client_record_id": pa.array([*partition], pa.string()),
                        "cluster": pa.array([*partition.values()], pa.string()),
                    }
                ),
                key=b"kept elsewhere",
                run_id=run_id,
                model_id="m",
                at=at,
                decisions=standing.decisions,
            )

        before, fresh = ledger.person_of(), book(ledger, "one")
        assert fresh.equals(book(ledger, "one")), "the same run says the same"
        self.events = pa.concat_tables([self.events, fresh])
        after = replay(self.events)
        assert book(after, "two").num_rows == 0, "the same again changes nothing"
        now = after.person_of()
        told = [(now[r], c) for r, c in partition.items()]
        assert now.keys() == partition.keys()
        assert len(set(told)) == len({p for p, _ in told}) == len({c for _, c in told})
        self.changes_have_events(before, now, fresh.to_pylist())
        self.states[at] = now

    def changes_have_events(self, before, now, fresh):
        """Assert that events and changes are the same thing."""
        moves = {
            kind: {
                e["client_record_id"]: e["person_id"]
                for e in fresh
                if e["kind"] == kind
            }
            for kind in ("link", "unlink")
        }
        changed = {r for r in before | now if before.get(r) != now.get(r)}
        assert moves["link"] == {r: now[r] for r in changed if r in now}
        assert moves["unlink"] == {r: before[r] for r in changed if r in before}
        lost = {before[r] for r in changed if r in before and r in now}
        absorbed = [e["other_person_id"] for e in fresh if e["kind"] == "absorb"]
        split = {e["person_id"] for e in fresh if e["kind"] == "split"}
        assert set(absorbed) == lost - set(now.values())
        assert len(absorbed) == len(set(absorbed)), "absorbed once at most"
        assert split >= lost & set(now.values()), "who keeps records is split"
        for event in fresh:
            if event["kind"] == "steward":
                assert changed, "a decision that changed nothing is no event"

    @invariant()
    def no_id_is_given_twice_and_no_number_left_out(self):
        rows = self.events.to_pylist()
        minted = [e["person_id"] for e in rows if e["kind"] == "mint"]
        assert len(minted) == len(set(minted))
        assert [e["event_id"] for e in rows] == list(range(1, len(rows) + 1))
        assert {e["person_id"] for e in rows} <= set(minted)

    def teardown(self):
        for at, state in self.states.items():
            assert person_as_of(self.events, at) == state == in_sql(self.events, at)
        before = START - timedelta(days=1)
        assert person_as_of(self.events, before) == {} == in_sql(self.events, before)


def must_group(record, pairs):
    """Return the records that must-links hold together with one."""
    group, grown = {record}, set()
    while group != grown:
        grown = set(group)
        group |= {r for pair in pairs if group & {*pair} for r in pair}
    return group


Lives.TestCase.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None
)
TestLives = Lives.TestCase
