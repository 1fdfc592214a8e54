"""What a new version of the agreement changes, in plain words.

Belongs here: two agreements to grouped sentences. Does not belong here: printing,
columns (``difference_of_fields``).

A sentence that begins with ``+`` shares more than before, with ``-`` less, with ``~``
neither or both. Whoever approves reads the pluses first.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from dagster_project.governance.agreement import (
    Agreement,
    Line,
    Party,
    Purpose,
    Retention,
)
from dagster_project.governance.difference_of_fields import fields_changed, listed

Changes = Iterator[str]
ORDER_ONLY = (
    "~ Nobody gains or loses anything: a list stands in another order, or something is "
    "written out that held before. The hash is another, so it must be approved."
)
LEAST_FIRST = ("none", "opened", "own_and_shared", "all")
"""Whose rows a role sees, from nobody's to everybody's."""


def difference(old: Agreement, new: Agreement) -> dict[str, list[str]]:
    """Return heading to sentences; headings without a change are left out."""
    groups: dict[str, Changes] = {
        "Dates and limits": _head(old, new),
        "Parties": _parties(old, new),
        "Columns": fields_changed(old, new),
        "Purposes": _purposes(old, new),
        "Consent": _consents(old, new),
        "Roles": _roles(old, new),
        "Retention": _retention(old, new),
        "Law and documents": _documents(old, new),
    }
    told = {heading: list(changes) for heading, changes in groups.items()}
    told = {heading: changes for heading, changes in told.items() if changes}
    if not told and old.sha256 != new.sha256:
        told["Wording"] = [ORDER_ONLY]
    return told


def _head(old: Agreement, new: Agreement) -> Changes:
    if old.version != new.version:
        yield f"~ Version {old.version} becomes {new.version}."
    if old.title != new.title or old.id != new.id:
        yield f"~ It is called {new.title!r} ({new.id}), not {old.title!r} ({old.id})."
    if old.effective != new.effective:
        sign = "+" if new.effective < old.effective else "-"
        yield f"{sign} It takes effect on {new.effective}, not {old.effective}."
    if old.expires != new.expires:
        sign = "+" if new.expires > old.expires else "-"
        yield f"{sign} It expires on {new.expires}, not {old.expires}."
    before, after = old.small_cell_minimum, new.small_cell_minimum
    if before != after:
        sign = "+" if after < before else "-"
        yield f"{sign} The smallest count shown outside is {after}, not {before}."
    gate, was = new.eligibility, old.eligibility
    if gate.months != was.months:
        sign = "+" if gate.months > was.months else "-"
        told = f"A record makes eligible for {gate.months} months, not {was.months}."
        yield f"{sign} {told}"
    if gate.basis != was.basis:
        yield f"~ Eligibility rests on {gate.basis}, not {was.basis}."
    for purpose in sorted(set(was.gates) - set(gate.gates)):
        yield f"+ {purpose} is no longer limited to clients who are eligible."
    for purpose in sorted(set(gate.gates) - set(was.gates)):
        yield f"- {purpose} is now limited to clients who are eligible."


def _came_and_went(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    came: Callable[[Any], str],
    went: Callable[[Any], str],
) -> Changes:
    for name in new:
        if name not in old:
            yield came(new[name])
    for name in old:
        if name not in new:
            yield went(old[name])


def _both(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    for name in new:
        if name in old and old[name] != new[name]:
            yield old[name], new[name]


def _parties(old: Agreement, new: Agreement) -> Changes:
    yield from _came_and_went(
        old.parties,
        new.parties,
        lambda party: f"+ {party.short} ({party.name}) joins on {_stay(party)}.",
        lambda party: f"- {party.short} is no party any more.",
    )
    for was, now in _both(old.parties, new.parties):
        if was.joined != now.joined:
            sign = "+" if now.joined < was.joined else "-"
            yield f"{sign} {now.short} joins on {now.joined}, not {was.joined}."
        if was.left != now.left:
            last = now.left or date.max
            sign = "-" if last < (was.left or date.max) else "+"
            told = f"leaves on {now.left}" if now.left else "stays"
            told += f", not on {was.left}" if was.left and now.left else ""
            yield f"{sign} {now.short} {told}."
        if was.is_department != now.is_department:
            sign, word = ("+", "is") if now.is_department else ("-", "is no longer")
            yield f"{sign} {now.short} {word} a department with clients' records."
        if (was.short, was.name) != (now.short, now.name):
            told = f"{was.name} ({was.short}) is called {now.name} ({now.short})"
            yield f"~ {told}."


def _stay(party: Party) -> str:
    """Return from when until when a party takes part, and as what."""
    told = f"{party.joined}"
    if party.is_department:
        told += ", as a department with clients' records"
    return told + (f", and leaves on {party.left}" if party.left else "")


def _purposes(old: Agreement, new: Agreement) -> Changes:
    yield from _came_and_went(
        old.purposes,
        new.purposes,
        lambda purpose: (
            f"+ New purpose {purpose.name}: {purpose.title}; it rests on {purpose.dul} "
            f"and {_sees(purpose)} what names a client."
        ),
        lambda purpose: f"- Purpose {purpose.name} ends.",
    )
    for was, now in _both(old.purposes, new.purposes):
        if was.identifiers != now.identifiers:
            sign, word = ("+", "may") if now.identifiers else ("-", "may no longer")
            yield f"{sign} {now.name} {word} see what names a client."
        if was.dul != now.dul:
            yield f"~ {now.name} rests on {now.dul}, not {was.dul}."
        if was.title != now.title:
            yield f"~ {now.name} means: {now.title} (was: {was.title})."


def _sees(purpose: Purpose) -> str:
    return "may see" if purpose.identifiers else "may not see"


def _consents(old: Agreement, new: Agreement) -> Changes:
    yield from _came_and_went(
        old.consents,
        new.consents,
        lambda consent: (
            f"- New kind of consent {consent.name}: {consent.title} ({consent.basis}); "
            f"it decides about {listed(consent.purposes)}, and silence counts as "
            f"{consent.when_silent}."
        ),
        lambda consent: f"+ Consent {consent.name} is asked for no more.",
    )
    for was, now in _both(old.consents, new.consents):
        if was.when_silent != now.when_silent:
            sign = "+" if now.when_silent == "permitted" else "-"
            told = f"Where a client said nothing, {now.name} counts as"
            yield f"{sign} {told} {now.when_silent}, not {was.when_silent}."
        if set(was.purposes) != set(now.purposes):
            before = listed(was.purposes)
            yield f"~ {now.name} decides about {listed(now.purposes)}, not {before}."
        if was.basis != now.basis:
            yield f"~ {now.name} rests on {now.basis}, not {was.basis}."
        if was.title != now.title:
            yield f"~ {now.name} means: {now.title} (was: {was.title})."
    for name, terms in new.feeds.items():
        before = old.feeds[name].consent if name in old.feeds else ""
        if before != terms.consent:
            sign = "-" if not before else "~" if terms.consent else "+"
            bound = f"bound to consent {terms.consent}" if terms.consent else "unbound"
            yield f"{sign} All rows of {name} are {bound}."


def _roles(old: Agreement, new: Agreement) -> Changes:
    yield from _came_and_went(
        old.roles,
        new.roles,
        lambda role: (
            f"+ New role {role.name}: {role.title}; purposes {listed(role.purposes)}, "
            f"rows {role.rows}, tiers {listed(role.tiers)}."
        ),
        lambda role: f"- Role {role.name} ends.",
    )
    for was, now in _both(old.roles, new.roles):
        for kind in ("purposes", "tiers"):
            before, after = set(getattr(was, kind)), set(getattr(now, kind))
            if gained := sorted(after - before):
                yield f"+ Role {now.name} gains {kind} {listed(gained)}."
            if lost := sorted(before - after):
                yield f"- Role {now.name} loses {kind} {listed(lost)}."
        if was.rows != now.rows:
            more = LEAST_FIRST.index(now.rows) > LEAST_FIRST.index(was.rows)
            sign = "+" if more else "-"
            yield f"{sign} Role {now.name} sees rows: {now.rows}, not {was.rows}."
        if was.title != now.title:
            yield f"~ Role {now.name} is: {now.title} (was: {was.title})."


def _retention(old: Agreement, new: Agreement) -> Changes:
    for tier, now in new.retention.items():
        was = old.retention[tier]
        if was != now:
            sign = "~"
            if was.after_last_contact == now.after_last_contact:
                sign = "+" if now.days > was.days else "-"
            yield f"{sign} Tier {tier} is kept {_kept(now)}, not {_kept(was)}."


def _kept(retention: Retention) -> str:
    after = " after the last contact" if retention.after_last_contact else ""
    days = "1 day" if retention.days == 1 else f"{retention.days} days"
    return f"{days}{after}"


def _documents(old: Agreement, new: Agreement) -> Changes:
    for word, was, now in (
        ("memorandum", old.mou, new.mou),
        ("data sharing agreement", old.dsa, new.dsa),
    ):
        if was != now:
            yield f"~ The {word} is {_written(now)}; it was {_written(was)}."
    laws = ({b.id: b for b in a.legal_basis} for a in (old, new))
    for kind, (before, after) in {
        "data use licence": (old.duls, new.duls),
        "legal basis": tuple(laws),
    }.items():
        yield from _came_and_went(
            before,
            after,
            lambda line, kind=kind: f"+ New {kind} {_written(line)}.",
            lambda line, kind=kind: f"- No {kind} {line.id} any more.",
        )
        for was, now in _both(before, after):
            told = f"{kind.capitalize()} {_written(now)}; it was {_written(was)}"
            yield f"~ {told}."


def _written(line: Line) -> str:
    """Return a document or law with all that is said of it."""
    under = f", under {line.under}" if line.under else ""
    signed = f", signed on {line.signed}" if line.signed else ""
    return f"{line.id} ({line.title}{under}{signed})"
