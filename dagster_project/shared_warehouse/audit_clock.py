"""How long an audit row stays: as long as the agreement says, and no one's choice.

Belongs here: what keeps the events from being changed or removed, and what ends them.
Does not belong here: the events and the log (``audit``).

The days stand in the code of the functions, which the agreement makes. The database's
own clock counts them, and no login may date an event, so that an event ends neither
sooner nor later by anybody's doing. A superuser can take the triggers away, as
everything else; the event trigger says no to a mistake.
"""

from dagster_project.shared_warehouse.desired import Grant, Piece
from dagster_project.shared_warehouse.terms import PUBLISHER, Terms

EVENTS = "audit.events"
END = "audit.end_events(boolean)"
STAYS = ("audit_rows_stay", "audit_rows_are_not_truncated")
"""Names of the triggers, which the guard looks for."""


def oldest(terms: Terms) -> str:
    """Return the expression of the moment before which an audit row has ended."""
    return f"pg_catalog.now() - interval '{int(terms.audit_days)} days'"


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the triggers, and the function that ends what is too old."""
    return (
        _only_the_clock(terms),
        _end_events(terms),
        _trigger(STAYS[0], "before update or delete", "each row"),
        _trigger(STAYS[1], "before truncate", "each statement"),
    )


def grants() -> frozenset[Grant]:
    """Return who may have the clock read: with each release the publisher."""
    return frozenset({Grant("function", END, PUBLISHER, "EXECUTE")})


def _only_the_clock(terms: Terms) -> Piece:
    return Piece(
        "function",
        "audit.only_the_clock()",
        "create or replace function audit.only_the_clock() returns trigger "
        "language plpgsql set search_path = pg_catalog as $$\n"
        "begin\n"
        "    if tg_op = 'DELETE' then\n"
        f"        if old.at < {oldest(terms)} then return old; end if;\n"
        "    end if;\n"
        "    raise exception 'An audit row is not changed, and not removed before "
        f"the % days of the sharing agreement are over.', {int(terms.audit_days)} "
        "using errcode = '42501';\n"
        "end$$",
        owner="warehouse_owner",
        replaces=True,
    )


def _end_events(terms: Terms) -> Piece:
    """Return the number of events whose days are over, and remove them if asked."""
    return Piece(
        "function",
        END,
        "create or replace function audit.end_events(remove boolean) returns bigint "
        "language plpgsql volatile security definer set search_path = pg_catalog as "
        "$$\n"
        "declare ended bigint;\n"
        "begin\n"
        f"    select count(*) into ended from {EVENTS} where at < {oldest(terms)};\n"
        "    if remove and ended > 0 then\n"
        f"        delete from {EVENTS} where at < {oldest(terms)};\n"
        f"        insert into {EVENTS} (kind, n_rows) "
        "values ('audit rows ended', ended);\n"
        "    end if;\n"
        "    return ended;\n"
        "end$$",
        owner="warehouse_owner",
        replaces=True,
    )


def _trigger(name: str, when: str, each: str) -> Piece:
    return Piece(
        "trigger",
        f"{name} on {EVENTS}",
        f"create trigger {name} {when} on {EVENTS} for {each} "
        "execute function audit.only_the_clock()",
    )
