"""YAML with the line of everything in it.

Belongs here: text to plain values and lines, and what YAML itself may not do here.
Does not belong here: what the values mean (``build``, ``meaning``).
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

Where = tuple[str, ...]
"""Keys from the top of the file; an entry of a list stands as its number."""
SCALARS = ("str", "int", "bool", "null", "timestamp", "float")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's own, where PyYAML was built with it: ten times as quick."""
UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u2069\ufeff]"
)
"""Characters that nobody sees, or by which a line is shown in another order than it is
read: whoever approves must see what the pipeline reads (Unicode UTR 36, UAX 9)."""
DEEPEST = 50
"""Brackets inside brackets; an agreement has three, libyaml crashes at thousands."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Some editors begin a file with it."""
TOLD = 20
"""Faults of one kind told at once: a file of another kind has hundreds."""
WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
"""A whole number as people write it: in YAML 1.1, 020 is 16 and 1:30 is 90."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, and the line it stands on."""

    line: int
    sentence: str


class AgreementRefused(Exception):
    """The agreement cannot be worked under; every reason with its line."""

    def __init__(self, path: Path, findings: list[Finding]) -> None:
        self.path, self.findings = path, sorted(set(findings))
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return one line per reason, as compilers write them: ``file:line: why``."""
        return "\n".join(f"{self.path}:{f.line}: {f.sentence}" for f in self.findings)


@dataclass(frozen=True)
class Text:
    """A file's content and where each part of it stands."""

    path: Path
    content: Mapping[str, Any]
    lines: Mapping[Where, int] = field(repr=False)

    def line(self, *where: str) -> int:
        """Return the line of a part, or of the nearest part around it."""
        while where and where not in self.lines:
            where = where[:-1]
        return self.lines.get(where, 1)


def read(path: Path) -> Text:
    """Return an agreement's content, dates as ISO text.

    Raises:
        AgreementRefused: The file is missing, no YAML, or uses what hides a change:
            a key twice, anchors, tags.
    """
    text = _text(path)
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        why = getattr(fault, "problem", None) or "it is cut off"
        line = mark.line + 1 if mark else 1
        told = f"this is not YAML: {why}; mend the line"
        written = text.splitlines()[line - 1 : line]
        if "\t" in "".join(written):
            told = f"this is not YAML: {why}; put spaces in the place of its tabs"
        raise AgreementRefused(path, [Finding(line, told)]) from None
    walk = _Walk()
    content = walk.value(root, ()) if root is not None else None
    if not isinstance(content, dict):
        walk.find(root, "the file must hold sections (agreement, parties, feeds, …)")
    if walk.findings:
        raise AgreementRefused(path, walk.findings)
    return Text(path, content, walk.lines)


def _text(path: Path) -> str:
    """Return a file's text, of characters that can be seen."""
    try:
        content = path.read_bytes().removeprefix(BYTE_ORDER_MARK)
    except OSError as fault:
        told = f"the agreement cannot be read ({fault.strerror}); nothing runs without"
        raise AgreementRefused(path, [Finding(1, f"{told} it")]) from None
    try:
        text = content.decode()
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        told = "this line is not UTF-8; save the file as UTF-8, nothing runs without it"
        raise AgreementRefused(path, [Finding(line, told)]) from None
    unseen = [
        Finding(
            text.count("\n", 0, found.start()) + 1,
            f"the character U+{ord(found[0]):04X} cannot be seen, and what is approved "
            "must be; delete it",
        )
        for found in islice(UNSEEN.finditer(text), TOLD)
    ]
    if unseen:
        raise AgreementRefused(path, unseen)
    depth = 0
    for found in re.finditer(r"[\[{]|[\]}]|(?:[-?]\s+){50}", text):
        depth += 1 if found[0] in "[{" else -1
        if depth > DEEPEST or len(found[0]) > 1:
            line = text.count("\n", 0, found.start()) + 1
            told = "this is nested deeper than any agreement; mend the line"
            raise AgreementRefused(path, [Finding(line, told)])
    return text


class _Walk:
    """One walk over the nodes of a file."""

    def __init__(self) -> None:
        self.lines: dict[Where, int] = {}
        self.findings: list[Finding] = []
        self._seen: set[int] = set()
        self._construct = yaml.constructor.SafeConstructor()

    def find(self, node: yaml.Node | None, sentence: str) -> None:
        line = node.start_mark.line + 1 if node is not None else 1
        self.findings.append(Finding(line, sentence))

    def value(self, node: yaml.Node, where: Where) -> Any:
        if id(node) in self._seen:
            self.find(node, "anchors (&, *) hide what a line says; write it out")
            return None
        self._seen.add(id(node))
        self.lines.setdefault(where, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(inner, (*where, str(at)))
                for at, inner in enumerate(node.value)
            ]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, inner in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                self.find(key, "a key must be one word; merging (<<) is not allowed")
                continue
            name = key.value
            if name in found:
                first = self.lines[*where, name]
                told = f"{name!r} stands here and on line {first}; delete one of them"
                self.find(key, told)
                continue
            self.lines[*where, name] = key.start_mark.line + 1
            found[name] = self.value(inner, (*where, name))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.rpartition(":")[2]
        if not node.tag.startswith("tag:yaml.org,2002:") or kind not in SCALARS:
            self.find(node, f"the tag {node.tag!r} is not allowed; write plain text")
            return None
        if kind == "float" or (kind == "int" and not WHOLE.fullmatch(node.value)):
            told = f"{node.value} is no whole number as people write one: write it in"
            self.find(node, f"{told} digits alone, or put a text between quotes")
            return None
        try:
            value = self._construct.construct_object(node)
        except ValueError:
            self.find(node, f"{node.value!r} is no date of the calendar; correct it")
            return None
        return value.isoformat() if isinstance(value, dt.date) else value
