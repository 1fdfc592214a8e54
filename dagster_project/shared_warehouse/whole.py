"""The shared warehouse as an agreement wants it, put together.

Belongs here: which parts there are and in which order. Does not belong here: any part.
"""

from dagster_project.shared_warehouse import (
    absence,
    audit,
    audit_clock,
    case_tables,
    conference,
    guard,
    identified,
    marts,
    pgaudit,
    roles,
)
from dagster_project.shared_warehouse.desired import Desired, Piece
from dagster_project.shared_warehouse.terms import AUDIT_OBJECTS, CLIENT_RECORDS, Terms

ORDER = ("function", "view", "policy", "trigger", "event trigger")
"""A policy, view or trigger calls functions; the event trigger looks at all of it."""


def desired(
    terms: Terms,
    types: dict[str, dict[str, str]],
    database: str,
    *,
    audits: bool = False,
) -> Desired:
    """Return what a database should be under an agreement.

    Args:
        terms: The agreement, narrowed to what the warehouse has.
        types: Table to column to PostgreSQL type, of what the warehouse holds:
            ``client_records`` and the marts.
        database: Its name.
        audits: Whether the server has loaded ``pgaudit``.
    """
    records = types.get(CLIENT_RECORDS, {})
    pieces = [
        *identified.pieces(terms),
        *conference.pieces(terms, records),
        *case_tables.pieces(terms),
        *marts.pieces(terms),
        *audit.pieces(terms),
        *audit_clock.pieces(terms),
        *absence.pieces(terms),
    ]
    pieces += guard.pieces(_policies(pieces), _definers(pieces))
    return Desired(
        roles=(*roles.all_roles(terms), *((AUDIT_OBJECTS,) if audits else ())),
        memberships=roles.memberships(),
        schemas=dict(roles.SCHEMAS),
        tables=(
            identified.shape(terms, records),
            conference.shape(),
            *case_tables.shapes(terms, types),
            *audit.shapes(),
            *marts.shapes(terms, types),
        ),
        pieces=tuple(sorted(pieces, key=lambda piece: ORDER.index(piece.kind))),
        grants=frozenset(
            {
                *roles.grants(terms, database),
                *identified.grants(terms),
                *conference.grants(terms),
                *case_tables.grants(terms),
                *marts.grants(terms),
                *audit.grants(terms),
                *audit_clock.grants(),
                *absence.grants(terms),
                *(pgaudit.grants(terms, types) if audits else ()),
            }
        ),
        settings=roles.SETTINGS | (pgaudit.SETTINGS if audits else {}),
    )


def _policies(pieces: list[Piece]) -> frozenset[str]:
    return frozenset(piece.name for piece in pieces if piece.kind == "policy")


def _definers(pieces: list[Piece]) -> frozenset[str]:
    return frozenset(
        piece.name for piece in pieces if " security definer " in piece.create
    )
