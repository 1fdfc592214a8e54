"""Whether an agreement makes sense, part against part.

Belongs here: checks of meaning, each a sentence with its line and what to do. Does not
belong here: the shape of the file (``build``), today's date and approvals
(``in_force``).
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from dagster_project.departments.feed import Feed
from dagster_project.governance.agreement import (
    TIERS,
    Agreement,
    Field,
    Line,
)
from dagster_project.governance.read import Finding, Text
from dagster_project.governance.shown import DEPARTMENT, PUBLISHER
from dagster_project.governance.uses import unagreed_uses

NEVER_PUBLIC = ("direct", "sensitive", "part2", "lps", "hiv", "cji")
"""Classes no column may have that is published, suppressed or not."""
ALWAYS_READ = {
    "hsh_export": ("CSVVersion", "ExportDirective", "HashStatus"),
    "hsh_organization": ("VictimServiceProvider",),
    "hsh_project": ("OrganizationID",),
}
"""Columns that decide whether a delivery or a row may enter; the reader needs them."""


class _Check:
    """The agreement under check, with short ways to say where and what."""

    def __init__(self, agreement: Agreement, text: Text, feeds: Sequence[Feed]) -> None:
        self.agreement, self.text = agreement, text
        self.feeds = {feed.name: feed for feed in feeds}

    def at(self, sentence: str, *where: str) -> Finding:
        return Finding(self.text.line(*where), sentence)

    def unknown(self, names, known: Mapping, kind: str, *where: str):
        for name in names:
            if name not in known:
                told = f"{kind} {name!r} is not declared; known are {', '.join(known)}"
                yield self.at(told, *where)


def findings(agreement: Agreement, text: Text, feeds: Sequence[Feed]) -> list[Finding]:
    """Return everything in an agreement that contradicts itself or the feeds.

    Args:
        agreement: What the file states.
        text: The file, for its lines.
        feeds: What departments deliver.
    """
    check = _Check(agreement, text, feeds)
    return [
        *_dates(check),
        *_documents(check),
        *_consents(check),
        *_roles(check),
        *_retention(check),
        *_feeds(check),
        *_shared(check),
        *(check.at(told, "feeds", feed) for feed, told in unagreed_uses(agreement)),
        *_approvals(check),
    ]


def _dates(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    if a.expires <= a.effective:
        told = f"it expires on {a.expires}, before it takes effect on {a.effective}"
        yield check.at(f"{told}; correct one of the dates", "agreement", "expires")
    for party in a.parties.values():
        where = ("parties", party.code)
        if party.joined > a.expires:
            told = f"{party.code} joins on {party.joined}, after the agreement's end"
            yield check.at(f"{told}; correct the date", *where, "joined")
        if party.left and party.left < party.joined:
            told = f"{party.code} leaves on {party.left}, before it joins"
            yield check.at(f"{told}; correct the date", *where, "left")


def _documents(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    if a.dsa.under != a.mou.id:
        told = f"the DSA must stand under the MOU {a.mou.id!r}, not {a.dsa.under!r}"
        yield check.at(told, "tiers", "dsa", "under")
    for name, dul in a.duls.items():
        if dul.under != a.dsa.id:
            told = f"{name} must stand under the DSA {a.dsa.id!r}, not {dul.under!r}"
            yield check.at(told, "tiers", "duls", name, "under")
    for name, purpose in a.purposes.items():
        where = ("purposes", name, "dul")
        yield from check.unknown([purpose.dul], a.duls, "data use licence", *where)


def _consents(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    laws: dict[str, Line] = {}
    for at, law in enumerate(a.legal_basis):
        if law.id in laws:
            told = f"the law {law.id} stands here and above; say all of it once"
            yield check.at(told, "legal_basis", str(at))
        laws[law.id] = law
    for name, consent in a.consents.items():
        where = ("consents", name)
        yield from check.unknown(
            consent.purposes, a.purposes, "purpose", *where, "purposes"
        )
        yield from check.unknown([consent.basis], laws, "legal basis", *where, "basis")
    gate = a.eligibility
    yield from check.unknown(gate.gates, a.purposes, "purpose", "eligibility", "gates")
    yield from check.unknown([gate.basis], laws, "legal basis", "eligibility", "basis")


def _roles(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    for name, role in a.roles.items():
        where = ("roles", name)
        if name in a.departments:
            told = f"role {name} bears the name of a department, whose workers have it"
            yield check.at(f"{told} already; give it another", *where)
        is_own = name in (DEPARTMENT, PUBLISHER)
        if role.rows in ("own_and_shared", "all") and not is_own:
            told = f"role {name} belongs to no department and sees rows: {role.rows}"
            yield check.at(f"{told}; say none, or opened", *where, "rows")
        yield from check.unknown(
            role.purposes, a.purposes, "purpose", *where, "purposes"
        )
        known = [a.purposes[p] for p in role.purposes if p in a.purposes]
        reads = set(role.tiers) - {"audit", "public"}
        if not role.purposes and (reads or role.rows != "none"):
            told = (
                f"role {name} sees {', '.join(sorted(reads)) or 'rows'} for no purpose"
            )
            yield check.at(f"{told}; give it a purpose or take that away", *where)
        if "identified" in role.tiers and not any(p.identifiers for p in known):
            told = f"role {name} reads tier identified, but none of its purposes may"
            yield check.at(f"{told} see identifiers; take the tier away", *where)
        if role.rows != "none" and "identified" not in role.tiers:
            told = f"role {name} sees clients' rows, which lie in tier identified"
            yield check.at(f"{told}; add the tier, or set rows: none", *where, "rows")


def _retention(check: _Check) -> Iterator[Finding]:
    for tier in TIERS:
        if tier not in check.agreement.retention:
            told = f"retention says nothing of tier {tier}; say how many days"
            yield check.at(told, "retention")
    for tier, clock in check.agreement.retention.items():
        where = ("retention", tier)
        if tier == "audit" and clock.after_last_contact:
            told = "the audit log speaks of readers, not of a contact; use days"
            yield check.at(told, *where)
        if tier == "public" and clock.after_last_contact:
            told = "what is public counts many clients; use days, since the release"
            yield check.at(told, *where)
        if tier not in ("audit", "public") and not clock.after_last_contact:
            told = f"tier {tier} holds clients' rows; use days_after_last_contact"
            yield check.at(told, *where)


def _feeds(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    for name in check.feeds:
        if name not in a.feeds:
            told = f"feed {name} is delivered and nothing is agreed about it; name it"
            yield check.at(told, "feeds")
    for name, terms in a.feeds.items():
        where = ("feeds", name)
        feed = check.feeds.get(name)
        if feed is None:
            known = ", ".join(check.feeds)
            yield check.at(
                f"no department delivers feed {name!r}; known: {known}", *where
            )
            continue
        if terms.department != feed.department:
            told = f"feed {name} is delivered by {feed.department}; say so"
            yield check.at(told, *where, "department")
        yield from check.unknown(
            [terms.department], a.parties, "party", *where, "department"
        )
        if terms.consent:
            yield from check.unknown(
                [terms.consent], a.consents, "consent", *where, "consent"
            )
        yield from _tables(check, feed)


def _tables(check: _Check, feed: Feed) -> Iterator[Finding]:
    terms = check.agreement.feeds[feed.name]
    known = {table.name: table for table in feed.tables}
    where = ("feeds", feed.name, "tables")
    for name, fields in terms.tables.items():
        if name not in known:
            told = f"feed {feed.name} has no table {name!r}; it has {', '.join(known)}"
            yield check.at(told, *where, name)
            continue
        table = known[name]
        for column, field in fields.items():
            base = column.partition(".")[0]
            is_inside = base != column and base == table.document
            if column not in table.columns and not is_inside:
                told = f"table {name} has no column {column!r}; correct or delete it"
                yield check.at(told, *where, name, column)
            yield from _field(check, field, name, terms.department)
        for column in (*table.key, *table.required, *ALWAYS_READ.get(name, ())):
            if column not in fields or not fields[column].lands:
                told = f"{name}.{column} must land: without it no row can be placed"
                yield check.at(told, *where, name, column)
    for name in known.keys() - terms.tables.keys():
        told = f"table {name} is delivered and nothing is agreed about it; name it"
        yield check.at(told, *where)


def _field(check: _Check, field: Field, table: str, owner: str) -> Iterator[Finding]:
    a, name = check.agreement, f"{table}.{field.name}"

    def at(sentence: str) -> Finding:
        return Finding(field.line, f"{name} {sentence}")

    for purpose in field.purposes:
        if purpose not in a.purposes:
            yield at(
                f"has the unknown purpose {purpose!r}; known: {', '.join(a.purposes)}"
            )
            continue
        if field.klass == "direct" and not a.purposes[purpose].identifiers:
            yield at(f"names clients, which {purpose} may not see; take it away")
        if purpose == "public_report" and field.klass in NEVER_PUBLIC[1:]:
            yield at(f"is {field.klass} and may not be published; take it away")
    for party in field.withhold_from:
        if party not in a.parties:
            yield at(f"is withheld from {party!r}, which is no party; correct it")
        elif party == owner:
            yield at(f"is withheld from {party}, whose own data it is; take it out")
    if not field.lands and (field.purposes or field.matching or field.without):
        yield at("is dropped and has purposes or conditions; delete them, or keep it")
    if field.lands and not field.purposes:
        yield at("lands and serves no purpose; drop it, or say what for")
    if field.lands and field.klass == "hiv":
        yield at("is about HIV, which is never shared; set land: drop")
    if field.lands and field.klass == "part2" and not field.consent:
        yield at("is a Part 2 record without a consent rule; add consent: part2")
    if field.consent:
        yield from _bound(check, field, at)
    if field.matching:
        try:
            re.compile(field.matching)
        except re.error as fault:
            yield at(f"has a pattern that cannot be read ({fault}); correct it")


def _bound(check: _Check, field: Field, at) -> Iterator[Finding]:
    consent = check.agreement.consents.get(field.consent)
    if consent is None:
        yield at(f"is bound to consent {field.consent!r}, which is not declared")
        return
    if field.klass == "part2" and consent.when_silent != "refused":
        yield at(f"is a Part 2 record; {consent.name} must say when_silent: refused")
    beyond = sorted(set(field.purposes) - set(consent.purposes))
    if beyond:
        yield at(f"serves {', '.join(beyond)}, which {consent.name} does not cover")


def _shared(check: _Check) -> Iterator[Finding]:
    names: dict[str, str] = {}
    for tier, tables in check.agreement.shared.items():
        for name, table in tables.items():
            where = ("shared", tier, name)
            if name in names:
                told = f"{name} is in {names[name]} already; one table, one tier"
                yield check.at(told, *where)
            names[name] = tier
            if tier == "public" and table.per == "client":
                told = f"{name} has a row per client and may not be public; move it"
                yield check.at(told, *where, "per")
            for field in table.columns.values():
                yield from _field(check, field, name, owner="")
                if tier != "identified" and field.klass == "direct":
                    told = f"{name}.{field.name} names clients; tier {tier} may not"
                    yield Finding(field.line, f"{told} hold it, move or drop it")
                if tier == "public" and field.klass in NEVER_PUBLIC[1:]:
                    told = f"{name}.{field.name} is {field.klass} and may not be public"
                    yield Finding(field.line, f"{told}; drop it")


def _approvals(check: _Check) -> Iterator[Finding]:
    a = check.agreement
    for at, approval in enumerate(a.approvals):
        yield from check.unknown(
            [approval.party], a.parties, "party", "approvals", str(at), "party"
        )
