"""What a new version of the agreement changes about columns, in plain words.

Belongs here: columns of feeds and of shared tables. Does not belong here: the rest of
the agreement (``difference``).
"""

from collections.abc import Iterable, Iterator, Mapping

from dagster_project.governance.agreement import Agreement, Field


def listed(names: Iterable[str]) -> str:
    """Return names as words are listed.

    >>> listed(["Fire", "HSH", "DPH"]), listed([])
    ('Fire, HSH and DPH', 'nothing')
    """
    *most, last = [*names] or ["nothing"]
    return f"{', '.join(most)} and {last}" if most else last


def _tables(agreement: Agreement) -> dict[str, Mapping[str, Field]]:
    """Return every table, of feeds and shared, with its columns."""
    found = {
        table: columns
        for terms in agreement.feeds.values()
        for table, columns in terms.tables.items()
    }
    for tier, tables in agreement.shared.items():
        for name, table in tables.items():
            found[f"{tier}.{name}"] = table.columns
    return found


def fields_changed(old: Agreement, new: Agreement) -> Iterator[str]:
    """Yield a sentence per change, columns with the same change of a table together."""
    before, after = _tables(old), _tables(new)
    for table, columns in after.items():
        if table not in before:
            yield f"+ Table {table} is new, with {listed(columns)}."
            continue
        yield from _grouped(table, before[table], columns, old, new)
    for table in before:
        if table not in after:
            yield f"- Table {table} is shared no more."
    for name, terms in new.feeds.items():
        was = old.feeds.get(name)
        if was and was.unknown_columns != terms.unknown_columns:
            refused = terms.unknown_columns == "refuse"
            word = "refuses the delivery" if refused else "is dropped and counted"
            yield f"~ A column of {name} that nobody agreed on {word}."


def _grouped(
    table: str,
    before: Mapping[str, Field],
    after: Mapping[str, Field],
    old: Agreement,
    new: Agreement,
) -> Iterator[str]:
    told: dict[str, list[str]] = {}
    for name in [*after, *(column for column in before if column not in after)]:
        for sentence in _changes(before.get(name), after.get(name), old, new):
            told.setdefault(sentence, []).append(name)
    for sentence, names in told.items():
        yield sentence.replace("{}", f"{listed(names)} of {table}")


def _changes(
    was: Field | None, now: Field | None, old: Agreement, new: Agreement
) -> Iterator[str]:
    """Yield what changed about one column; ``{}`` stands for its name."""
    if was is None and now is not None:
        if now.lands:
            yield f"+ {{}} lands, for {listed(now.purposes)}."
        else:
            yield "~ {} is named now, and dropped."
        return
    if was is not None and now is None:
        yield "- {} is not agreed any more: nobody sees it."
        return
    if was.lands and not now.lands:
        yield "- Everybody loses {}: it is dropped at the door."
        return
    if now.lands and not was.lands:
        yield f"+ {{}} lands from now on, for {listed(now.purposes)}."
        return
    gained = [p for p in now.purposes if p not in was.purposes]
    lost = [p for p in was.purposes if p not in now.purposes]
    if gained:
        yield f"+ {{}} may be used for {listed(gained)}."
    if lost:
        yield f"- {{}} may no longer be used for {listed(lost)}."
    for party in now.withhold_from:
        if party not in was.withhold_from:
            yield f"- {_short(new, party)} loses {{}}."
    for party in was.withhold_from:
        if party not in now.withhold_from:
            yield f"+ {_short(old, party)} gains {{}}."
    if was.klass != now.klass:
        yield f"~ {{}} counts as {now.klass}, not {was.klass}."
    if was.consent != now.consent:
        sign = "-" if now.consent else "+"
        yield f"{sign} {{}} is bound to {now.consent or 'no'} consent."
    if was.matching != now.matching:
        told = f"only parts like {now.matching!r}" if now.matching else "its whole text"
        yield f"~ Of {{}} lands {told}."
    if set(was.without) != set(now.without):
        yield f"~ Of {{}} no code lands that begins with {listed(now.without)}."


def _short(agreement: Agreement, party: str) -> str:
    known = agreement.parties.get(party)
    return known.short if known else party
