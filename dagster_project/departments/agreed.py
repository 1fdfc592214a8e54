"""What of a delivery may enter, as the sharing agreement says: the door.

Belongs here: feeds, columns, texts and documents cut down to what was agreed. Does not
belong here: the agreement (``governance``), rules about rows (``row_rules``).

A reader knows every column of its standard, so that it can tell a file is whole. What
was not agreed is forgotten in memory, before a row or a message is made of it.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow as pa

from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed, Table
from dagster_project.governance.agreement import FeedTerms, Field

CODE_NOT_AGREED = "code_not_agreed"
"""Rule under which rows are counted whose code does not land, HIV's for one."""
SEGMENT = re.compile(r"([A-Za-z]+)(?:\[([^\]]+)\])?")
"""One step of a path inside a document: an element, and which of its entries."""

PLANS, PLAN_SIZE = 256, 1 << 10
"""Plans an element remembers, and characters in the keys of one: a source writes a few
kinds of objects, and one that wrote a new kind each time would fill the memory."""
Plan = tuple[tuple[str, ...], tuple[tuple[str, "Element"], ...], tuple[str, ...]]
"""Keys that go, keys of which a part stays, and paths that nobody agreed on."""


@dataclass
class Element:
    """What may land of one element of a document.

    Attributes:
        path: Where in the document it stands.
        whole: All that is inside it.
        is_dropped: It is named as one that does not land, so it is not counted.
        inside: Element to what may land of it.
        picked: Entry's url or system to what may land of it.
        plans: Keys of the objects met so far to what becomes of them.
    """

    path: str
    whole: bool = False
    is_dropped: bool = False
    inside: dict[str, "Element"] = field(default_factory=dict)
    picked: dict[str, "Element"] = field(default_factory=dict)
    plans: dict[tuple[str, ...], "Plan"] = field(
        default_factory=dict, compare=False, repr=False
    )

    def plan(self, keys: tuple[str, ...]) -> Plan:
        """Return what becomes of an object with these keys, in this order."""
        found = self.plans.get(keys)
        if found is None:
            found = self._planned(keys)
            if len(self.plans) < PLANS and sum(map(len, keys)) < PLAN_SIZE:
                self.plans[keys] = found
        return found

    def _planned(self, keys: tuple[str, ...]) -> Plan:
        known = [(key, self.inside.get(key)) for key in keys]
        return (
            tuple(key for key, inner in known if inner is None or inner.is_dropped),
            tuple(
                (key, inner)
                for key, inner in known
                if inner and not (inner.whole or inner.is_dropped)
            ),
            tuple(f"{self.path}.{key}" for key, inner in known if inner is None),
        )


def agreed_feed(feed: Feed, terms: FeedTerms) -> Feed:
    """Return a feed as a reader may take it: its tables cut down to what lands."""
    drops = terms.unknown_columns == "drop"
    return replace(
        feed,
        tables=tuple(
            _agreed_table(table, terms.tables.get(table.name, {}), drops)
            for table in feed.tables
        ),
    )


def _agreed_table(table: Table, fields: Mapping[str, Field], drops: bool) -> Table:
    named = set(fields)
    lands = frozenset(name for name, terms in fields.items() if terms.lands)

    def cut(columns: Iterable[str], to: Iterable[str] = named) -> tuple[str, ...]:
        return tuple(column for column in columns if column in to)

    return replace(
        table,
        columns=cut(table.columns),
        times=cut(table.times, lands),
        codes={c: allowed for c, allowed in table.codes.items() if c in lands},
        versions={name: cut(columns) for name, columns in table.versions.items()},
        # What does not land need not be sent.
        needed=cut(table.needed, lands),
        lands=lands,
        cut={c: f for c, f in fields.items() if f.lands and (f.matching or f.without)},
        inside=_tree(table, fields) if table.document else None,
        drops_unknown=drops,
    )


def _tree(table: Table, fields: Mapping[str, Field]) -> Element:
    """Return what may land of a table's documents."""
    root = Element(table.document)
    for name, terms in fields.items():
        start, _, steps = name.partition(".")
        if start != table.document or not steps:
            continue
        element = root
        for segment, pick in SEGMENT.findall(steps):
            path = f"{element.path}.{segment}"
            element = element.inside.setdefault(segment, Element(path))
            if pick:
                element = element.picked.setdefault(pick, Element(path))
        element.whole, element.is_dropped = terms.lands, not terms.lands
    return root


def cut_columns(table: Table, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the columns that land, texts cut down to the parts that do."""
    landed = {c: values for c, values in columns.items() if table.lands_column(c)}
    for name, terms in table.cut.items():
        if name in landed:
            texts = [cut_text(text, terms) for text in landed[name].to_pylist()]
            landed[name] = pa.array(texts, pa.string())
    return landed


def cut_text(text: str | None, terms: Field) -> str | None:
    """Return the parts of a text, or the codes of a list, that land.

    >>> terms = Field("n", "sensitive", True, matching="Not eligible: [a-z]+")
    >>> cut_text("she sleeps at 5th; Not eligible: shelter", terms)
    'Not eligible: shelter'
    >>> cut_text("B20;T40.2X1A", Field("c", "sensitive", True, without=("B20",)))
    'T40.2X1A'
    """
    if not text:
        return None
    if terms.matching:
        return "; ".join(m[0] for m in re.finditer(terms.matching, text)) or None
    kept = [code for code in text.split(";") if not _begins(code, terms.without)]
    return ";".join(kept) or None


def _begins(code: str, starts: Sequence[str]) -> bool:
    """Say whether a code begins with one that does not land, dots or none."""
    bare = code.strip().upper().replace(".", "")
    return any(bare.startswith(start.upper().replace(".", "")) for start in starts)


def originals(
    table: Table, columns: Mapping[str, pa.Array], places: Sequence[int]
) -> list[str]:
    """Return rows as text for quarantine: what landed of them, column by column."""
    if table.document:
        return [text or "" for text in columns[table.document].take(places).to_pylist()]
    rows = pa.table(dict(columns)).take(places).to_pylist()
    told = ({c: text for c, text in row.items() if text is not None} for row in rows)
    return [json.dumps(row, ensure_ascii=False) for row in told]


def cut_document(
    table: Table, document: Mapping[str, Any], left_out: Counter[str]
) -> dict[str, Any] | None:
    """Return what may land of a document; None when its whole row must stay outside.

    Args:
        table: Table whose document it is.
        document: The document, parsed.
        left_out: Gains the elements that nobody agreed on.

    Raises:
        Refused: Such an element stands in it, and the agreement refuses them.
    """
    if table.inside is None:
        return dict(document)
    for name, terms in table.cut.items():
        path = name.split(".")[1:]
        if terms.without and any(
            _begins(c, terms.without) for c in _codes(document, path)
        ):
            return None
    found: set[str] = set()
    kept = _cut(document, table.inside, found)
    if found:
        if not table.drops_unknown:
            name = min(found)
            reason = f"{name!r} is not an element agreed for {table.source}"
            raise Refused("header_unknown", reason, column=name[:80])
        left_out.update(found)
    return kept


def _cut(value: Any, element: Element, found: set[str]) -> Any:
    if element.whole:
        return value
    if isinstance(value, list):
        kept = [_cut(inner, element, found) for inner in value]
        return [inner for inner in kept if not _is_nothing(inner)]
    if not isinstance(value, dict):
        return None
    if element.picked:
        return _picked(value, element, found)
    gone, cut, unknown = element.plan(tuple(value))
    kept = dict(value) if gone or cut else value
    if unknown:
        found.update(unknown)
    for key in gone:
        del kept[key]
    for key, known in cut:
        kept[key] = _cut(kept[key], known, found)
    if all(kept.values()):
        return kept
    return {key: inner for key, inner in kept.items() if not _is_nothing(inner)}


def _is_nothing(value: Any) -> bool:
    return value is None or value == {} or value == []


def _picked(value: dict[str, Any], element: Element, found: set[str]) -> Any:
    """Return an entry that its url or system says may land."""
    told = value.get("url") or value.get("system")
    for pick, known in element.picked.items():
        if isinstance(told, str) and (told == pick or told.endswith(f"/{pick}")):
            return None if known.is_dropped else _cut(value, known, found)
    found.add(element.path)
    return None


def _codes(value: Any, path: Sequence[str]) -> Iterable[str]:
    """Yield every ``code`` at a path of a document."""
    if isinstance(value, list):
        for inner in value:
            yield from _codes(inner, path)
    elif isinstance(value, dict):
        if path:
            yield from _codes(value.get(path[0]), path[1:])
            return
        if isinstance(code := value.get("code"), str):
            yield code
        yield from _codes(value.get("coding"), path)
