"""Keep the clients of victim service providers out of the warehouse.

Belongs here: which organisations, projects, enrolments and people may not enter.
Does not belong here: reading files (``hmis``).

The Violence Against Women Act keeps these providers out of HMIS (34 U.S.C.
12291(b)(2)); what slips into an export anyway is left out and counted. A later delta
may name only a child row, so hashed keys of what was left out are remembered. A key is
also known by what is left of it without zeros, capitals and brackets: a row that writes
it otherwise than the project does is no less a victim's.
"""

from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.hmis_ids import bare

RULE = "victim_service_provider"
BARE = "bare "
"""Before the kind of a key that is remembered without zeros, capitals and brackets."""


def hashed(kind: str, key: str) -> str:
    """Return what is remembered of a key: nothing a reader could look up by eye."""
    return sha256(f"{kind}\0{key}".encode()).hexdigest()[:32]


class Door:
    """Decides, key by key, what must stay outside.

    A key this delivery describes is judged by this delivery; any other key by what it
    and earlier deliveries left out, however that is written. A person enters as soon as
    one ordinary enrolment names them.
    """

    def __init__(self, earlier: frozenset[str]) -> None:
        self._earlier = earlier
        self._shut: dict[str, set[str]] = {}
        self._open: dict[str, set[str]] = {}
        self._alike: dict[str, set[str]] = {}

    def note(self, kind: str, keys: pa.Array, shut: pa.Array) -> None:
        """Remember which keys of a kind were just shut out and which let in."""
        out = pc.drop_null(pc.unique(keys.filter(shut))).to_pylist()
        self._shut.setdefault(kind, set()).update(out)
        self._alike.setdefault(kind, set()).update(map(bare, out))
        kept = pc.drop_null(pc.unique(keys.filter(pc.invert(shut)))).to_pylist()
        self._open.setdefault(kind, set()).update(kept)

    def shut(self, kind: str, keys: pa.Array) -> pa.Array:
        """Return which of these keys must stay outside."""
        out, kept = self._shut.get(kind, set()), self._open.get(kind, set())
        if kind == "person":
            out = out - kept
        if not out and not self._earlier:
            return pa.repeat(False, len(keys))
        alike = self._alike.get(kind, set()) if out else set()
        if kind == "person":
            alike = alike - set(map(bare, kept))
        unknown = set(pc.drop_null(pc.unique(keys)).to_pylist()) - kept - out
        out = out | {k for k in unknown if bare(k) in alike or self._knows(kind, k)}
        return pc.is_in(keys, pa.array(sorted(out), pa.string()))

    def _knows(self, kind: str, key: str) -> bool:
        """Say whether an earlier delivery left a key out."""
        told = hashed(kind, key), hashed(BARE + kind, bare(key))
        return not self._earlier.isdisjoint(told)

    def learnt(self) -> frozenset[str]:
        """Return the hashed keys that later deliveries must know."""
        keys = {kind: set(out) for kind, out in self._shut.items()}
        keys["person"] = keys.get("person", set()) - self._open.get("person", set())
        return frozenset(
            told
            for kind, out in keys.items()
            for k in out
            for told in (hashed(kind, k), hashed(BARE + kind, bare(k)))
        )
