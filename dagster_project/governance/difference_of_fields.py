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
            yield f"+ Table {table} is new."
        yield from _grouped(table, before.get(table, {}), columns, old, new)
    for table in before:
        if table not in after:
            yield f"- Table {table} is shared no more."
    yield from _rows_changed(old, new)


def _rows_changed(old: Agreement, new: Agreement) -> Iterator[str]:
    """Yield what changed about whole feeds, and about what a row is."""
    for name, terms in new.feeds.items():
        was = old.feeds.get(name)
        unknown = was.unknown_columns if was else ""
        if unknown != terms.unknown_columns:
            refused = terms.unknown_columns == "refuse"
            word = "refuses the delivery" if refused else "is dropped and counted"
            yield f"~ A column of {name} that nobody agreed on {word}."
        if was and was.department != terms.department:
            giver, former = _short(new, terms.department), _short(old, was.department)
            yield f"~ {name} is delivered by {giver}, not by {former}."
    for tier, tables in new.shared.items():
        for name, table in tables.items():
            before = old.shared.get(tier, {}).get(name)
            if before and before.per != table.per:
                sign = "+" if table.per == "client" else "-"
                told = f"A row of {tier}.{name} is about one {table.per}"
                yield f"{sign} {told}, not about one {before.per}."


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
    if now is None:
        yield "- {} is not agreed any more: nobody sees it."
        return
    if was is None:
        if now.lands:
            told = f"for {listed(now.purposes)}, as {now.klass}{_more(now, new)}"
            yield f"+ {{}} lands, {told}."
        else:
            yield f"~ {{}} is named now, and dropped, as {now.klass}."
        return
    if now.lands and not was.lands:
        yield f"+ {{}} lands from now on, for {listed(now.purposes)}{_more(now, new)}."
    elif was.lands and not now.lands:
        yield "- Everybody loses {}: it is dropped at the door."
    else:
        yield from _terms_changed(was, now, old, new)
    if was.klass != now.klass:
        yield f"~ {{}} counts as {now.klass}, not {was.klass}."


def _more(field: Field, agreement: Agreement) -> str:
    """Return on what terms a column lands, beside its purposes."""
    told = ""
    if field.withhold_from:
        shorts = [_short(agreement, party) for party in field.withhold_from]
        told += f", withheld from {listed(shorts)}"
    if field.consent:
        told += f", bound to {field.consent} consent"
    if field.matching:
        told += f", only parts like {field.matching!r}"
    if field.without:
        told += f", without codes that begin with {listed(field.without)}"
    return told


def _terms_changed(
    was: Field, now: Field, old: Agreement, new: Agreement
) -> Iterator[str]:
    """Yield what changed about a column that landed and lands, or neither."""
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
    if was.consent != now.consent:
        sign = "-" if not was.consent else "~" if now.consent else "+"
        yield f"{sign} {{}} is bound to {now.consent or 'no'} consent."
    if was.matching != now.matching:
        sign = "-" if not was.matching else "~" if now.matching else "+"
        told = f"only parts like {now.matching!r}" if now.matching else "its whole text"
        yield f"{sign} Of {{}} lands {told}."
    if stopped := [code for code in now.without if code not in was.without]:
        yield f"- Of {{}} no code lands that begins with {listed(stopped)}."
    if landing := [code for code in was.without if code not in now.without]:
        yield f"+ Of {{}} codes land that begin with {listed(landing)}."


def _short(agreement: Agreement, party: str) -> str:
    known = agreement.parties.get(party)
    return known.short if known else party
