"""From what a database is to what it should be: the statements, and only those needed.

Belongs here: comparing two records. Does not belong here: asking or telling a database.
Applied twice, the second plan is empty; what an agreement no longer names is revoked.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dagster_project.shared_warehouse.catalog import MARK, Found
from dagster_project.shared_warehouse.desired import Desired, Piece, literal, quoted
from dagster_project.shared_warehouse.plan_grants import grants
from dagster_project.shared_warehouse.plan_tables import changed_tables, tables
from dagster_project.shared_warehouse.steps import PublishError, Step, by, full_name

TRIGGER = ("event trigger", "shared_warehouse_guard")
ON_TABLES = ("view", "policy", "trigger")
"""Kinds of pieces that are made once the tables are there."""


@dataclass(frozen=True)
class Plan:
    """What to do.

    Attributes:
        steps: Statements in order.
        made: Pieces that these make; each is stamped afterwards with a hash of what
            the catalog says it is, so that a later change by hand is seen.
    """

    steps: tuple[Step, ...]
    made: tuple[Piece, ...]


def plan(wanted: Desired, found: Found) -> Plan:
    """Return the steps that make a database what it should be.

    Raises:
        PublishError: Something of our name was not made by Throughline.
    """
    _refuse_strangers(wanted, found)
    kept = _kept(wanted, found)
    made = [p for p in wanted.pieces if (p.kind, p.name) not in kept]
    rights = tuple(grants(wanted, found, kept))
    steps = [
        *_roles(wanted, found),
        *_schemas(wanted, found),
        *_drop_pieces(wanted, found, kept),
        *(step for p in made if p.kind == "function" for step in _make(p)),
        # A view's owner needs its rights on what the view asks before it makes it.
        *(step for step in rights if not step.by and " on table " not in step.sql),
        *tables(wanted, found),
        *(step for p in made if p.kind in ON_TABLES for step in _make(p)),
        *(step for step in rights if step.by or " on table " in step.sql),
        *_settings(wanted, found),
    ]
    if any(not step.by for step in steps) or TRIGGER not in kept:
        # The trigger knows the agreement that was; it is made anew and looks at all.
        if TRIGGER in found.pieces:
            steps.insert(0, Step(f"drop event trigger {TRIGGER[1]}"))
        (trigger,) = (p for p in wanted.pieces if p.kind == TRIGGER[0])
        steps += _make(trigger)
        made = [*(p for p in made if p != trigger), trigger]
    return Plan(tuple(steps), tuple(made))


def stamp(piece: Piece, state: str) -> Step:
    """Return the note on a piece: what it should be and a hash of what it is."""
    text = literal(f"{MARK} {piece.digest} {state}")
    return Step(f"comment on {piece.comment_on} is {text}", _owner(piece))


def _kept(wanted: Desired, found: Found) -> frozenset[tuple[str, str]]:
    """Return the pieces that are as they were made, and made as they should be."""
    changed = changed_tables(wanted, found)
    kept = set()
    for piece in wanted.pieces:
        key = (piece.kind, piece.name)
        stamped = f"{MARK} {piece.digest} {found.states.get(key)}"
        over = piece.name.replace("marts.", "held.", 1)
        if found.pieces.get(key) == stamped and over not in changed:
            kept.add(key)
    return frozenset(kept)


def _refuse_strangers(wanted: Desired, found: Found) -> None:
    for name in wanted.roles:
        if name in found.roles and not found.roles[name].is_ours:
            raise PublishError(
                f"The server has a role {name} that Throughline did not make. Use a "
                "server of its own, or rename that role."
            )
    for (kind, name), comment in sorted(found.pieces.items()):
        if kind != TRIGGER[0] and not comment.startswith(MARK):
            raise PublishError(
                f"The database has a {kind} {name} that Throughline did not make: no "
                "agreement says who may use it. Drop it, or move it to a schema of "
                "its own; nothing is published until then."
            )


def _roles(wanted: Desired, found: Found) -> Iterator[Step]:
    for name in wanted.roles:
        role = found.roles.get(name)
        if role is None:
            yield Step(f"create role {quoted(name)} nologin", told=f"new role {name}")
            yield Step(f"comment on role {quoted(name)} is '{MARK} a group role'")
        elif not role.is_plain:
            yield Step(
                f"alter role {quoted(name)} nologin nosuperuser nobypassrls "
                "nocreaterole nocreatedb noreplication",
                told=f"{name} is a plain group role again",
            )
    for role, member in sorted(wanted.memberships - found.memberships):
        yield Step(f"grant {quoted(role)} to {quoted(member)}")
    for role, member in sorted(found.memberships - wanted.memberships):
        yield Step(
            f"revoke {quoted(role)} from {quoted(member)}",
            told=f"{member} is no member of {role} any more",
        )


def _schemas(wanted: Desired, found: Found) -> Iterator[Step]:
    for name, owner in wanted.schemas.items():
        if name not in found.schemas:
            yield Step(f"create schema {name} authorization {owner}")
        elif found.schemas[name] != owner:
            yield Step(f"alter schema {name} owner to {owner}")


def _drop_pieces(
    wanted: Desired, found: Found, kept: frozenset[tuple[str, str]]
) -> Iterator[Step]:
    """Drop what is gone, and what cannot be replaced in place."""
    replaced = {(p.kind, p.name) for p in wanted.pieces if p.replaces}
    known = {(p.kind, p.name) for p in wanted.pieces}
    for drops in ("trigger", "policy", "view", "function"):
        for kind, name in sorted(found.pieces):
            if kind != drops or (kind, name) in kept | replaced:
                continue
            told = "" if (kind, name) in known else f"{kind} {name} is gone"
            yield Step(_drop(kind, name), by(name) if kind == "view" else "", told)


def _drop(kind: str, name: str) -> str:
    if kind in ("policy", "trigger"):
        own, _, table = name.partition(" on ")
        return f"drop {kind} {quoted(own)} on {table}"
    return f"drop view {full_name(name)}" if kind == "view" else f"drop function {name}"


def _make(piece: Piece) -> Iterator[Step]:
    yield Step(piece.create, _owner(piece))
    if piece.owner and not _owner(piece):
        yield Step(f"alter {piece.kind} {piece.name} owner to {piece.owner}")


def _owner(piece: Piece) -> str:
    return by(piece.name) if piece.kind == "view" else ""


def _settings(wanted: Desired, found: Found) -> Iterator[Step]:
    for name, value in wanted.settings.items():
        if found.settings.get(name) != value:
            shown = value if name == "search_path" else literal(value)
            yield Step(f"alter database {quoted(found.database)} set {name} = {shown}")
