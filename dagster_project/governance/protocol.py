"""The protocol that WIC 18999.8 asks for, written from the agreement.

Belongs here: the agreement as a document for members and for the State. Does not belong
here: any rule that the agreement does not hold; nobody edits the document.
"""

from collections.abc import Iterator

from dagster_project.governance.agreement import Agreement, Field, Retention
from dagster_project.governance.difference_of_fields import listed

CLASSES = {
    "direct": "names a client",
    "quasi": "could name a client together with others",
    "sensitive": "could harm a client",
    "part2": "of a substance use programme, 42 CFR Part 2",
    "lps": "of an involuntary hold, WIC 5150",
    "hiv": "about HIV; never shared",
    "cji": "criminal justice information",
    "none": "none of these",
}
SINCE = {"public": "the release", "audit": "it was written"}
"""What a clock runs from that does not run from a contact."""
ROWS = {
    "none": "no client's row",
    "own_and_shared": "its own clients, and what others hold of them",
    "opened": "one client at a time, each opening logged with its purpose",
    "all": "all rows",
}


def protocol(agreement: Agreement) -> str:
    """Return the protocol as Markdown, the same for the same content."""
    parts = [
        _head(agreement),
        _who(agreement),
        _what_for(agreement),
        _consents(agreement),
        _what(agreement),
        _seen(agreement),
        _kept(agreement),
        _changed(agreement),
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _head(a: Agreement) -> str:
    laws = "\n".join(f"- **{law.id}**: {law.title}" for law in a.legal_basis)
    return f"""# Protocol for sharing client records

Written by `throughline agreement protocol` from `agreement.yaml`; do not edit it here.
Agreement {a.id}, version {a.version}, in effect from {a.effective} to {a.expires}.
Persons named are invented; counsel has confirmed none of it.

It says what the members of the multidisciplinary team share, with whom, for what, how
it is protected, and for how long (WIC 18999.8). It rests on two documents:

- {a.mou.title} (`{a.mou.id}`, signed {a.mou.signed})
- {a.dsa.title} (`{a.dsa.id}`, signed {a.dsa.signed})

And in law on:

{laws}"""


def _who(a: Agreement) -> str:
    rows = [
        [
            party.short,
            party.name,
            str(party.joined),
            str(party.left or "–"),
            "yes" if party.is_department else "no",
        ]
        for party in a.parties.values()
    ]
    head = ["party", "name", "joined", "left", "holds clients' records"]
    return f"## Who takes part\n\n{_table(head, rows)}"


def _what_for(a: Agreement) -> str:
    rows = [
        [
            purpose.name,
            purpose.title,
            "yes" if purpose.identifiers else "no",
            f"{purpose.dul} ({a.duls[purpose.dul].signed})",
        ]
        for purpose in a.purposes.values()
    ]
    gates = listed(a.eligibility.gates)
    return f"""## What for

{_table(["purpose", "what it is", "may see identifiers", "data use licence"], rows)}

A client counts as homeless for {a.eligibility.months} months after a record that says
so or a service for it ({a.eligibility.basis}). The rule gates {gates}, and no measure.
Counts below {a.small_cell_minimum} are not shown outside."""


def _consents(a: Agreement) -> str:
    rows = [
        [c.name, c.title, c.basis, c.when_silent, listed(c.purposes)]
        for c in a.consents.values()
    ]
    bound = [
        f"`{feed.name}` ({feed.consent})" for feed in a.feeds.values() if feed.consent
    ]
    whole = f"All rows of {listed(bound)} are bound. " if bound else ""
    return f"""## Consent

{_table(["consent", "what it is", "law", "silence means", "decides about"], rows)}

{whole}A row bound to a consent is used
only if its day lies under a consent and a consent is in force today. A revocation or an
objection reaches the client's history at the next run, and a rebuild does not bring it
back. Where two records of one client disagree, the stricter holds."""


def _what(a: Agreement) -> str:
    parts = ["## What is shared\n\n" + _classes()]
    for feed in a.feeds.values():
        party = a.parties[feed.department].short
        unknown = "stops its delivery"
        if feed.unknown_columns == "drop":
            unknown = "is dropped and counted"
        parts.append(
            f"### {feed.name}, from {party}\n\nA column not named here {unknown}."
        )
        for table, fields in feed.tables.items():
            parts.append(f"**{table}**\n\n" + "\n".join(_fields(a, fields.values())))
    return "\n\n".join(parts)


def _classes() -> str:
    told = "\n".join(f"- {name}: {meaning}" for name, meaning in CLASSES.items())
    return f"Each column has a class, by what its values can do to a client:\n\n{told}"


def _fields(a: Agreement, fields) -> Iterator[str]:
    """Yield a line per group of columns that are agreed alike, what lands first."""
    groups: dict[str, list[str]] = {}
    for field in sorted(fields, key=lambda field: not field.lands):
        groups.setdefault(_terms(a, field), []).append(f"`{field.name}`")
    for terms, names in groups.items():
        yield f"- {terms}: {', '.join(names)}"


def _terms(a: Agreement, field: Field) -> str:
    if not field.lands:
        return f"*does not land*, {field.klass}"
    told = f"for {listed(field.purposes)}, {field.klass}"
    if field.withhold_from:
        shorts = [a.parties[party].short for party in field.withhold_from]
        told += f", withheld from {listed(shorts)}"
    if field.consent:
        told += f", under consent {field.consent}"
    if field.matching:
        told += f", only parts like `{field.matching}`"
    if field.without:
        told += f", without codes that begin with {listed(field.without)}"
    return told


def _seen(a: Agreement) -> str:
    rows = [
        [
            role.name,
            role.title,
            listed(role.purposes) if role.purposes else "–",
            ROWS[role.rows],
            listed(role.tiers),
        ]
        for role in a.roles.values()
    ]
    head = ["role", "who", "purposes", "whose rows", "tiers"]
    return f"""## Who sees what

{_table(head, rows)}

`throughline agreement show --role ROLE` lists the columns. Everybody logs in by their
own name, and what names a client is read under a log that the auditor reads."""


def _kept(a: Agreement) -> str:
    rows = [[tier, _days(tier, retention)] for tier, retention in a.retention.items()]
    return f"""## How long

{_table(["tier", "kept"], rows)}

Every run ends what is older. A released figure goes with its period, which is never
released again; an audit row is removed by this clock alone. The register of clients who
were taken out stays, as keyed hashes: without it they would come back."""


def _days(tier: str, retention: Retention) -> str:
    after = "the last contact" if retention.after_last_contact else SINCE[tier]
    return f"{retention.days} days after {after}"


def _changed(a: Agreement) -> str:
    return f"""## How it is kept and changed

- Training: whoever gets a login is first trained in this protocol by their party.
- Confidentiality is that of the source: what a department may not disclose, it does not
  deliver, or it is named above as what does not land.
- A change needs two people of two parties who approve exactly its content; without them
  nothing runs. Content in force: `{a.sha256}`.
- Members get this document when it changes, and so does the Department of Social
  Services."""
