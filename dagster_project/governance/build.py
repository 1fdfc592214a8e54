"""From a file's content to the agreement it states.

Belongs here: the hash, the making of records. Does not belong here: YAML (``read``),
the file's shape (``shape``), whether the records make sense together (``meaning``).
"""

import json
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from dagster_project.governance.agreement import (
    TIERS,
    Agreement,
    Approval,
    Consent,
    Eligibility,
    FeedTerms,
    Field,
    Line,
    Party,
    Purpose,
    Retention,
    Role,
    SharedTable,
)
from dagster_project.governance.read import Text


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the hash that approvals name: of all content but the approvals.

    Comments, order and layout do not count, so to explain a line needs no approval.
    """
    agreed = {key: value for key, value in content.items() if key != "approvals"}
    text = json.dumps(agreed, sort_keys=True, ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _field(name: str, told: Mapping[str, Any], line: int) -> Field:
    return Field(
        name=name,
        klass=told["class"],
        lands=told.get("land", "keep") == "keep",
        purposes=tuple(told.get("purposes", ())),
        withhold_from=tuple(told.get("withhold_from", ())),
        consent=told.get("consent", ""),
        matching=told.get("matching", ""),
        without=tuple(told.get("without", ())),
        line=line,
    )


def _feed(name: str, told: Mapping[str, Any], text: Text) -> FeedTerms:
    tables = {
        table: {
            column: _field(
                column, terms, text.line("feeds", name, "tables", table, column)
            )
            for column, terms in columns.items()
        }
        for table, columns in told["tables"].items()
    }
    return FeedTerms(
        name=name,
        department=told["department"],
        unknown_columns=told["unknown_columns"],
        tables=tables,
        consent=told.get("consent", ""),
    )


def _shared(tier: str, name: str, told: Mapping[str, Any], text: Text) -> SharedTable:
    columns = {
        column: _field(
            column, terms, text.line("shared", tier, name, "columns", column)
        )
        for column, terms in told["columns"].items()
    }
    return SharedTable(name=name, tier=tier, per=told["per"], columns=columns)


def _document(told: Mapping[str, Any], name: str = "") -> Line:
    return Line(
        id=name or told["id"],
        title=told["title"],
        under=told.get("under", ""),
        signed=_day(told["signed"]),
    )


def _retention(told: Mapping[str, int]) -> Retention:
    (name, days), *_ = told.items()
    return Retention(days=days, after_last_contact=name == "days_after_last_contact")


def build(text: Text) -> Agreement:
    """Return the agreement that a file of the right shape states."""
    told = text.content
    head, tiers, gate = told["agreement"], told["tiers"], told["eligibility"]
    return Agreement(
        id=head["id"],
        version=head["version"],
        title=head["title"],
        effective=date.fromisoformat(head["effective"]),
        expires=date.fromisoformat(head["expires"]),
        small_cell_minimum=head["small_cell_minimum"],
        mou=_document(tiers["mou"]),
        dsa=_document(tiers["dsa"]),
        duls={name: _document(dul, name) for name, dul in tiers["duls"].items()},
        legal_basis=tuple(Line(b["law"], b["says"]) for b in told["legal_basis"]),
        parties={
            code: Party(
                code=code,
                short=party["short"],
                name=party["name"],
                joined=date.fromisoformat(party["joined"]),
                left=_day(party.get("left")),
                is_department=party.get("is_department", False),
            )
            for code, party in told["parties"].items()
        },
        purposes={n: Purpose(name=n, **p) for n, p in told["purposes"].items()},
        consents={
            name: Consent(
                name=name,
                title=consent["title"],
                basis=consent["basis"],
                when_silent=consent["when_silent"],
                purposes=tuple(consent["purposes"]),
            )
            for name, consent in told["consents"].items()
        },
        eligibility=Eligibility(gate["basis"], gate["months"], tuple(gate["gates"])),
        roles={
            name: Role(
                name=name,
                title=role["title"],
                purposes=tuple(role["purposes"]),
                rows=role["rows"],
                tiers=tuple(role["tiers"]),
            )
            for name, role in told["roles"].items()
        },
        retention={tier: _retention(days) for tier, days in told["retention"].items()},
        feeds={name: _feed(name, feed, text) for name, feed in told["feeds"].items()},
        shared={
            tier: {
                name: _shared(tier, name, table, text)
                for name, table in told["shared"].get(tier, {}).items()
            }
            for tier in TIERS
            if tier in ("identified", "marts", "public")
        },
        approvals=tuple(
            Approval(a["by"], a["role"], a["party"], _day(a["on"]), a["sha256"])
            for a in told["approvals"]
        ),
        sha256=content_hash(told),
        path=text.path,
    )
