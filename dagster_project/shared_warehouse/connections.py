"""Connection strings: to whom a release may be sent, and how safely.

Belongs here: reading a string and refusing an open line. Does not belong here:
connecting.
"""

import ipaddress
import os
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

CONNECTION = "THROUGHLINE_POSTGRES"
"""Environment variable with the database that every run publishes to; a password on a
command line can be read by everybody on the machine."""
VERIFIED = ("verify-full", "verify-ca")
"""Of libpq's ``sslmode``, those that know whom they talk to; ``require`` encrypts for
anybody who answers, and ``prefer``, the default, falls back to plain text."""

_PAIR = re.compile(r"\s*([a-z_]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^'\\\s]|\\.)*)\s*")


class ConnectionRefused(ValueError):
    """A connection string is not one, or its line would be open to others."""


def checked(
    given: str,
    *,
    allow_plain: bool = False,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Return the connection string to use.

    On the loopback address or a socket it is what was given. To any other host TLS with
    a verified certificate is asked for (``sslmode=verify-full``) where the string says
    nothing, and less is refused.

    Args:
        given: A URI or ``keyword=value`` pairs, as libpq reads them.
        allow_plain: Let less pass, as inside an encrypted tunnel.
        environment: ``os.environ`` if unset; libpq takes ``PGHOST`` from it.

    Raises:
        ConnectionRefused: With what to change; it never repeats the string.
    """
    environment = os.environ if environment is None else environment
    is_uri = given.startswith(("postgresql://", "postgres://"))
    settings = _of_uri(given) if is_uri else _of_pairs(given)
    if allow_plain or _is_local(settings, environment):
        return given
    mode = settings.get("sslmode", "")
    if not mode:
        return _with_mode(given, is_uri)
    if mode not in VERIFIED:
        raise ConnectionRefused(
            f"The connection would go to another host with sslmode={mode}: client "
            "records could be read or altered on the way. Say sslmode=verify-full "
            "(and sslrootcert= if the server's certificate is the city's own), or "
            "pass --allow-plain inside an encrypted tunnel."
        )
    return given


def without_secrets(text: str, connection: str) -> str:
    """Return a message of the driver without passwords, rows or statements.

    PostgreSQL repeats a failing row as DETAIL, and ADBC the statement.
    """
    text = re.split(r"\n\s*(?:DETAIL|CONTEXT|LINE \d+):|\nQuery was:", text)[0].strip()
    text = "ERROR:" + text.rpartition("ERROR:")[2] if "ERROR:" in text else text
    try:
        is_uri = connection.startswith(("postgresql://", "postgres://"))
        settings = _of_uri(connection) if is_uri else _of_pairs(connection)
    except ConnectionRefused:
        settings = {}
    for secret in (settings.get("password"), connection):
        if secret:
            text = text.replace(secret, "…")
    return text


def _of_uri(given: str) -> dict[str, str]:
    try:
        parts = urlsplit(given)
        found = dict(parse_qsl(parts.query, keep_blank_values=True))
        hosts = parts.netloc.rpartition("@")[2]
        if parts.password is not None:
            found.setdefault("password", unquote(parts.password))
    except ValueError:
        raise ConnectionRefused(
            "The connection is not a URI that PostgreSQL can read."
        ) from None
    if hosts:
        found.setdefault(
            "host", ",".join(_host(unquote(each)) for each in hosts.split(","))
        )
    return found


def _host(place: str) -> str:
    """Return the host of ``host:port`` or ``[v6]:port``."""
    if place.startswith("["):
        return place[1:].partition("]")[0]
    return place.rpartition(":")[0] if ":" in place else place


def _of_pairs(given: str) -> dict[str, str]:
    found, at = {}, 0
    while at < len(given):
        pair = _PAIR.match(given, at)
        if pair is None or pair.end() == at:
            raise ConnectionRefused(
                "The connection is neither a URI (postgresql://…) nor keyword=value "
                "pairs (host=… dbname=… user=…)."
            )
        value = pair[2]
        if value.startswith("'"):
            value = value[1:-1]
        found[pair[1]] = re.sub(r"\\(.)", r"\1", value)
        at = pair.end()
    return found


def _is_local(settings: dict[str, str], environment: Mapping[str, str]) -> bool:
    """Say whether every host of a connection is this machine.

    A service file may name any host, so a connection through one is not local.
    """
    if settings.get("service") or environment.get("PGSERVICE"):
        return False
    hosts = [settings.get("hostaddr") or environment.get("PGHOSTADDR", "")]
    hosts += [settings.get("host") or environment.get("PGHOST", "")]
    named = [each for host in hosts if host for each in host.split(",")]
    return all(_is_loopback(each) for each in named)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host == "" or host.startswith(("/", "@")):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _with_mode(given: str, is_uri: bool) -> str:
    if not is_uri:
        return f"{given} sslmode=verify-full"
    return f"{given}{'&' if '?' in given else '?'}sslmode=verify-full"
