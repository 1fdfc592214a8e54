"""The signed record of an erasure: that it was done, and what changed.

Belongs here: its content, its signature, checking both. Does not belong here: erasing
or searching.

It holds keyed hashes, ids of deliveries and runs, counts and hashes of tables; nothing
of it tells who the client was.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dagster_project.erasure import orders, register
from dagster_project.erasure.orders import Order
from dagster_project.erasure.search import Searched

KEY_FILE = "erasure.key"
"""The signature's own key, beside the warehouse; a copy belongs in other hands."""
FORM = 1
"""Version of the content below."""


class ManifestDoubted(Exception):
    """A manifest is not what was signed, or cannot be checked."""


def content(
    order: Order,
    *,
    hashes: Mapping[str, str],
    after: Mapping[str, tuple[int, str]],
    moved: Mapping[str, int],
    searched: Searched,
    run_id: str,
    agreement_sha256: str,
    proven_at: str,
) -> dict[str, Any]:
    """Return what a manifest says.

    Args:
        order: What was ordered and carried out.
        hashes: Id of a client record or person to its keyed hash.
        after: Table to rows and SHA-256 after the run.
        moved: Kind of identity event to how many the run booked.
        searched: What the search went through.
        run_id: The run that built everything anew.
        agreement_sha256: The agreement it worked under.
        proven_at: When the search ended (UTC).
    """
    tables = {}
    for table in sorted({*order.before, *after}):
        before, now = order.before.get(table), after.get(table)
        tables[table] = {
            "rows_before": before[0] if before else None,
            "rows_after": now[0] if now else None,
            "sha256_before": before[1] if before else None,
            "sha256_after": now[1] if now else None,
        }
    return {
        "form": FORM,
        "erasure_id": order.erasure_id,
        "kind": order.kind,
        "ordered_at": order.at.isoformat(),
        "by": order.by,
        "reason": order.reason,
        "client_records": sorted(hashes[r] for r in order.client_records),
        "persons": sorted(hashes[p] for p in order.persons),
        "erased_rows": {t: dict(counts) for t, counts in order.erased.items()},
        "replaced_ids": dict(order.changed),
        "identity_events": dict(moved),
        "tables": tables,
        "run_id": run_id,
        "agreement_sha256": agreement_sha256,
        "search": {
            "tables": searched.tables,
            "rows": searched.rows,
            "files": searched.files,
            "databases": searched.databases,
            "values_of_other_records": searched.shared,
            "traces": len(searched.traces),
        },
        "proven_at": proven_at,
    }


def _signature(told: Mapping[str, Any], key: bytes) -> str:
    plain = {name: value for name, value in told.items() if name != "signature"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.digest(key, text.encode(), "sha256").hex()


def write(beside: Path, told: Mapping[str, Any]) -> Path:
    """Sign a manifest and write it for good; return its file."""
    path = beside / KEY_FILE
    if not path.exists():
        orders.write_whole(path, secrets.token_hex(32))
    signed = dict(told) | {"signature": _signature(told, _key(path))}
    target = orders.folder(beside) / f"{told['erasure_id']}.json"
    text = json.dumps(signed, indent=2, sort_keys=True, ensure_ascii=False)
    orders.write_whole(target, text + "\n")
    return target


def _key(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        raise ManifestDoubted(
            f"{path}, under which manifests are signed, is missing or damaged; put the "
            "copy back that was kept."
        ) from None


def verify(beside: Path, file: Path) -> dict[str, Any]:
    """Return a manifest that is what was signed, and whose clients stay outside.

    Args:
        beside: The warehouse's folder, with the key and the register.
        file: The manifest.

    Raises:
        ManifestDoubted: With what speaks against it.
    """
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        signature, erasure_id = told["signature"], told["erasure_id"]
        hashes = frozenset(told["client_records"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ManifestDoubted(f"{file} is no manifest of an erasure.") from None
    expected = _signature(told, _key(beside / KEY_FILE))
    if not hmac.compare_digest(expected, str(signature)):
        raise ManifestDoubted(
            f"{file} is not what was signed: it was changed, or signed under another "
            "key."
        )
    known = register.read(beside)
    entries = known.entries if known else ()
    standing = next((e for e in entries if e.erasure_id == erasure_id), None)
    if standing is None or frozenset(standing.hashes) != hashes:
        raise ManifestDoubted(
            f"{file} is as it was signed, but {register.FILE} does not say the same of "
            f"{erasure_id}: the register was changed, and a rebuild would bring the "
            "client back."
        )
    return told
