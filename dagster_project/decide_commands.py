"""``throughline decide``: a steward says that two records are one person, or are not.

Belongs here: arguments, what is printed, reading the records named. Does not belong
here: what may be decided (``linkage.decide``), how decisions are kept
(``linkage.decision_file``).
"""

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagster_project.places import Places, places

if TYPE_CHECKING:
    from dagster_project.linkage.decisions import Contents

app = typer.Typer(
    help="Say that two client records are one person, or are not.",
    no_args_is_help=True,
)

RecordA = Annotated[str, typer.Argument(help="A client_record_id.")]
RecordB = Annotated[str, typer.Argument(help="The other client_record_id.")]
DecisionId = Annotated[str, typer.Argument(help="As 'decide list' shows it.")]
Reason = Annotated[str, typer.Option(help="Why; kept with the decision.")]
By = Annotated[str, typer.Option(help="Who decides.")]


@app.command("must-link")
def must_link(a: RecordA, b: RecordB, reason: Reason, by: By) -> None:
    """Two client records are one person, whatever the evidence says."""
    _decide("must_link", a, b, reason, by)


@app.command("cannot-link")
def cannot_link(a: RecordA, b: RecordB, reason: Reason, by: By) -> None:
    """Two client records are two people, whatever the evidence says."""
    _decide("cannot_link", a, b, reason, by)


@app.command()
def confirm(decision: DecisionId, reason: Reason, by: By) -> None:
    """A decision still holds, on what its records say now."""
    from dagster_project.linkage import decide
    from dagster_project.linkage.decision_entries import confirmation_line
    from dagster_project.linkage.decision_file import adding_to

    here = places()
    with _refusals():
        decide.check_words(reason, by)
        with adding_to(_beside_a_warehouse(here)) as (taken, add):
            found = decide.standing_decision(decision, taken)
            known = _known(here, found.records)
            decide.check_still_there(found, known.contents)
            left, right = (known.contents[record] for record in found.records)
            add(confirmation_line(decision, reason, by, _now(), left, right))
    print(f"{found} is confirmed.")


@app.command()
def withdraw(decision: DecisionId, reason: Reason, by: By) -> None:
    """Take a decision back; it stays in the list, and evidence decides again."""
    from dagster_project.linkage import decide
    from dagster_project.linkage.decision_entries import withdrawal_line
    from dagster_project.linkage.decision_file import adding_to

    with _refusals():
        decide.check_words(reason, by)
        with adding_to(_beside_a_warehouse(places())) as (taken, add):
            found = decide.standing_decision(decision, taken)
            add(withdrawal_line(decision, reason, by, _now()))
    print(f"{found} is withdrawn; the next run links by evidence.")


@app.command("list")
def list_all() -> None:
    """Show every decision and how it stands against the records of today."""
    from dagster_project.linkage.decision_file import read_decisions
    from dagster_project.linkage.decisions import stand

    here = places()
    with _refusals():
        decisions = read_decisions(_beside_a_warehouse(here))
        known = _known(here, {r for d in decisions for r in d.records})
        standing = stand(decisions, known.contents).without_thin(known.thin)
    for decision in standing.decisions:
        print(
            f"{decision}\n    {decision.status.replace('_', ' ')}"
            f"{'' if decision.is_applied else ', not applied'}"
            f"{''.join(f', {column} changed' for column in decision.changed)}; "
            f"decided {decision.decided_at:%Y-%m-%d} by {decision.decided_by}: "
            f"{decision.reason}"
        )
        if decision.withdrawn_at is not None:
            print(
                f"    withdrawn {decision.withdrawn_at:%Y-%m-%d} "
                f"by {decision.withdrawn_by}: {decision.withdrawn_because}"
            )
    for contradiction in standing.contradictions:
        print(f"Contradictory, so not applied: {contradiction}")
    print(f"{len(decisions)} decisions in {here.decisions}")


def _decide(kind: str, a: str, b: str, reason: str, by: str) -> None:
    """Book a new decision."""
    from dagster_project.linkage import decide
    from dagster_project.linkage.decision_entries import decision_line
    from dagster_project.linkage.decision_file import adding_to
    from dagster_project.linkage.decisions import Decision

    here = places()
    with _refusals():
        decide.check_words(reason, by)
        path = _beside_a_warehouse(here)
        known = _known(here, {a, b})
        decide.check_records(a, b, kind, known.contents, known.merged_into, known.thin)
        with adding_to(path) as (taken, add):
            new = Decision(
                decision_id=decide.next_id(taken),
                kind=kind,
                left=a,
                right=b,
                reason=reason,
                decided_by=by,
                decided_at=_now(),
                left_content=known.contents[a],
                right_content=known.contents[b],
            )
            decide.check_against(new, taken)
            add(decision_line(new))
    print(f"{new} is booked; it holds from the next run on.")


@dataclass(frozen=True)
class _Known:
    """What the warehouse says about some records."""

    contents: "dict[str, Contents]"
    merged_into: dict[str, str]
    thin: frozenset[str]


def _known(here: Places, wanted: Collection[str]) -> _Known:
    from dagster_project.linkage.decision_contents import contents
    from dagster_project.warehouse import open_warehouse

    key = bytes.fromhex(here.person_key.read_text().strip())
    ids = sorted(wanted)
    with open_warehouse(here.warehouse, read_only=True) as connection:
        records = connection.execute(
            "select * from intermediate.int_client_records "
            "where client_record_id in (select unnest(?::varchar[]))",
            [ids],
        ).to_arrow_table()
        merged = connection.execute(
            "select old_client_record_id, client_record_id "
            "from intermediate.int_client_record_redirects "
            "where old_client_record_id in (select unnest(?::varchar[]))",
            [ids],
        ).fetchall()
        thin = connection.execute(
            "select client_record_id from linkage.client_links "
            "where link_status = 'unlinkable' "
            "and client_record_id in (select unnest(?::varchar[]))",
            [ids],
        ).fetchall()
    return _Known(
        dict(contents(records, ids, key)),
        dict(merged),
        frozenset(record for (record,) in thin),
    )


def _beside_a_warehouse(here: Places) -> Path:
    """Return the path of the decisions, once there is something to decide on."""
    if not here.warehouse.exists() or not here.person_key.exists():
        raise FileNotFoundError(
            f"There is no warehouse at {here.warehouse} yet; run 'throughline run'."
        )
    return here.decisions


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into its sentence on stderr and exit code 1."""
    import duckdb

    from dagster_project.linkage.decide import Refused
    from dagster_project.linkage.decision_entries import UnreadableDecisions
    from dagster_project.warehouse import WarehouseBusyError

    try:
        yield
    except duckdb.CatalogException:
        told = "The warehouse holds no linked records yet; run 'throughline run'."
    except duckdb.BinderException:
        told = "The warehouse is of an older release; run 'throughline run' first."
    except (Refused, UnreadableDecisions, WarehouseBusyError, OSError) as error:
        told = str(error)
    else:
        return
    print(told, file=sys.stderr)
    raise typer.Exit(1)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
