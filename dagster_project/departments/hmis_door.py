"""Keep the clients of victim service providers out of the warehouse.

Belongs here: which organisations, projects, enrolments and people may not enter.
Does not belong here: reading files (``hmis``).

The Violence Against Women Act keeps these providers out of HMIS (34 U.S.C.
12291(b)(2)); what slips into an export anyway is left out and counted. A later delta
may name only a child row, so hashed keys of what was left out are remembered.
"""

from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

RULE = "victim_service_provider"


def hashed(kind: str, key: str) -> str:
    """Return what is remembered of a key: nothing a reader could look up by eye."""
    return sha256(f"{kind}\0{key}".encode()).hexdigest()[:32]


class Door:
    """Decides, key by key, what must stay outside.

    A key this delivery describes is judged by this delivery; any other key by what
    earlier deliveries left out. A person enters as soon as one ordinary enrolment
    names them.
    """

    def __init__(self, earlier: frozenset[str]) -> None:
        self._earlier = earlier
        self._shut: dict[str, set[str]] = {}
        self._open: dict[str, set[str]] = {}

    def note(self, kind: str, keys: pa.Array, shut: pa.Array) -> None:
        """Remember which keys of a kind were just shut out and which let in."""
        out = pc.drop_null(pc.unique(keys.filter(shut))).to_pylist()
        self._shut.setdefault(kind, set()).update(out)
        if self._earlier or self._shut[kind] or kind == "person":
            kept = pc.drop_null(pc.unique(keys.filter(pc.invert(shut)))).to_pylist()
            self._open.setdefault(kind, set()).update(kept)

    def shut(self, kind: str, keys: pa.Array) -> pa.Array:
        """Return which of these keys must stay outside."""
        out, kept = self._shut.get(kind, set()), self._open.get(kind, set())
        if kind == "person":
            out = out - kept
        if self._earlier:
            unknown = set(pc.drop_null(pc.unique(keys)).to_pylist()) - kept - out
            out = out | {k for k in unknown if hashed(kind, k) in self._earlier}
        if not out:
            return pa.repeat(False, len(keys))
        return pc.is_in(keys, pa.array(sorted(out), pa.string()))

    def learnt(self) -> frozenset[str]:
        """Return the hashed keys that later deliveries must know."""
        keys = {kind: set(out) for kind, out in self._shut.items()}
        keys["person"] = keys.get("person", set()) - self._open.get("person", set())
        return frozenset(hashed(kind, k) for kind, out in keys.items() for k in out)
