"""What a database is now, as its own catalog tells.

Belongs here: the questions to the catalog and the record of the answers. Does not
belong here: what should be (``whole``), what to do about it (``plan``).
"""

from collections.abc import Callable
from dataclasses import dataclass

from dagster_project.shared_warehouse.audit import READ_LOG, READ_ONCE
from dagster_project.shared_warehouse.desired import Grant, literal
from dagster_project.shared_warehouse.roles import LANGUAGES, LARGE_OBJECTS, SCHEMAS

Ask = Callable[[str], list[tuple]]
"""Runs one query and returns its rows."""

MARK = "Throughline:"
"""How the comment on a role or a piece of ours begins."""


@dataclass(frozen=True)
class FoundRole:
    """A role that bears one of our names, or our mark."""

    name: str
    is_ours: bool
    is_plain: bool


@dataclass(frozen=True)
class FoundTable:
    """A table in one of our schemas."""

    name: str
    owner: str
    columns: dict[str, str]
    secured: bool
    loud: tuple[str, ...]
    comment: str


@dataclass(frozen=True)
class Found:
    """What there is.

    Attributes:
        database: Name of the database.
        administers: Whether we are a superuser.
        version: Server version number, 150000 and up.
        roles: Roles by name.
        memberships: (role, member) where the member is one of our roles.
        schemas: Schema to owner.
        tables: Tables by name.
        pieces: (kind, name) to the comment on it.
        states: (kind, name) to a hash of its definition in the catalog.
        grants: Privileges that others than the owners have.
        settings: Settings of the database.
    """

    database: str
    administers: bool
    version: int
    roles: dict[str, FoundRole]
    memberships: frozenset[tuple[str, str]]
    schemas: dict[str, str]
    tables: dict[str, FoundTable]
    pieces: dict[tuple[str, str], str]
    states: dict[tuple[str, str], str]
    grants: frozenset[Grant]
    settings: dict[str, str]


def look(ask: Ask, names: tuple[str, ...]) -> Found:
    """Read the catalog.

    Args:
        ask: Runs a query; its session must have an empty ``search_path``.
        names: Names of roles that should be.
    """
    ((database, administers, version),) = ask(
        "select current_database()::text, rolsuper, "
        "current_setting('server_version_num')::int "
        "from pg_roles where rolname = current_user"
    )
    listed = _quoted_list(names) or "''"
    roles = {
        row[0]: FoundRole(*row)
        for row in ask(
            "select rolname::text, coalesce(shobj_description(oid, 'pg_authid') like "
            f"'{MARK}%', false), not (rolsuper or rolcanlogin or rolbypassrls or "
            "rolcreaterole or rolcreatedb or rolreplication) from pg_roles where "
            f"rolname in ({listed}) or shobj_description(oid, 'pg_authid') like "
            f"'{MARK}%'"
        )
    }
    pieces, states = _pieces(ask)
    return Found(
        database=database,
        administers=administers,
        version=version,
        roles=roles,
        memberships=_memberships(ask, roles),
        schemas=dict(ask(_SCHEMAS)),
        tables=_tables(ask),
        pieces=pieces,
        states=states,
        grants=frozenset(Grant(*row) for row in ask(_GRANTS)),
        settings=_settings(ask),
    )


def _quoted_list(values: tuple[str, ...]) -> str:
    return ", ".join(literal(value) for value in values)


_OURS = _quoted_list(tuple(SCHEMAS))
_SCHEMAS = (
    "select nspname::text, pg_get_userbyid(nspowner)::text from pg_namespace "
    f"where nspname in ({_OURS})"
)


def _memberships(ask: Ask, roles: dict[str, FoundRole]) -> frozenset[tuple[str, str]]:
    ours = _quoted_list(tuple(name for name in roles)) or "''"
    return frozenset(
        ask(
            "select granted.rolname::text, member.rolname::text "
            "from pg_auth_members as given "
            "join pg_roles as granted on granted.oid = given.roleid "
            "join pg_roles as member on member.oid = given.member "
            f"where member.rolname in ({ours})"
        )
    )


def _tables(ask: Ask) -> dict[str, FoundTable]:
    rows = ask(
        "select n.nspname || '.' || c.relname, pg_get_userbyid(c.relowner)::text, "
        "c.relrowsecurity and c.relforcerowsecurity, "
        "coalesce(obj_description(c.oid, 'pg_class'), ''), a.attname::text, "
        "format_type(a.atttypid, a.atttypmod) || "
        "case when a.attnotnull then ' not null' else '' end, "
        "coalesce(a.attstattarget, -1) <> 0 "
        "from pg_class as c join pg_namespace as n on n.oid = c.relnamespace "
        "left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 "
        f"and not a.attisdropped where n.nspname in ({_OURS}) "
        "and c.relkind in ('r', 'p') order by 1, a.attnum"
    )
    found: dict[str, FoundTable] = {}
    for name, owner, secured, comment, column, kind, is_loud in rows:
        before = found.get(name)
        columns = dict(before.columns) if before else {}
        loud = before.loud if before else ()
        if column is not None:
            columns[column] = kind
            loud = (*loud, column) if is_loud else loud
        found[name] = FoundTable(name, owner, columns, secured, loud, comment)
    return found


def _pieces(
    ask: Ask,
) -> tuple[dict[tuple[str, str], str], dict[tuple[str, str], str]]:
    """Return the comments on pieces, and hashes of what they are by the catalog."""
    rows = ask(
        "select 'function', p.oid::regprocedure::text, "
        "obj_description(p.oid, 'pg_proc'), "
        "md5(pg_get_functiondef(p.oid) || pg_get_userbyid(p.proowner)) "
        "from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace "
        f"where n.nspname in ({_OURS}) and {_not_of_extension('p', 'pg_proc')} "
        "and p.prokind in ('f', 'p') union all "
        "select 'view', n.nspname || '.' || c.relname, "
        "obj_description(c.oid, 'pg_class'), md5(pg_get_viewdef(c.oid) || "
        "pg_get_userbyid(c.relowner) || coalesce(c.reloptions::text, '')) "
        "from pg_class as c join pg_namespace as n on n.oid = c.relnamespace "
        f"where n.nspname in ({_OURS}) and {_not_of_extension('c', 'pg_class')} "
        "and c.relkind in ('v', 'm') union all "
        "select 'policy', p.polname || ' on ' || n.nspname || '.' || c.relname, "
        "obj_description(p.oid, 'pg_policy'), "
        "md5(concat_ws('|', p.polcmd, p.polpermissive, p.polroles::regrole[]::text, "
        "pg_get_expr(p.polqual, p.polrelid), "
        "pg_get_expr(p.polwithcheck, p.polrelid))) "
        "from pg_policy as p join pg_class as c on c.oid = p.polrelid "
        "join pg_namespace as n on n.oid = c.relnamespace "
        f"where n.nspname in ({_OURS}) union all "
        "select 'trigger', t.tgname || ' on ' || n.nspname || '.' || c.relname, "
        "obj_description(t.oid, 'pg_trigger'), "
        "md5(pg_get_triggerdef(t.oid) || t.tgenabled::text) "
        "from pg_trigger as t join pg_class as c on c.oid = t.tgrelid "
        "join pg_namespace as n on n.oid = c.relnamespace "
        f"where n.nspname in ({_OURS}) and not t.tgisinternal union all "
        "select 'event trigger', evtname::text, obj_description(oid, "
        "'pg_event_trigger'), md5(concat_ws('|', evtevent, evtenabled, evttags::text, "
        "evtfoid::regprocedure::text)) from pg_event_trigger"
    )
    comments = {(kind, name): comment or "" for kind, name, comment, _ in rows}
    return comments, {(kind, name): state for kind, name, _, state in rows}


def _not_of_extension(alias: str, catalog: str) -> str:
    """Return the condition that an object does not belong to an extension."""
    return (
        "not exists (select from pg_depend as d where d.deptype = 'e' and "
        f"d.classid = '{catalog}'::regclass and d.objid = {alias}.oid)"
    )


def _settings(ask: Ask) -> dict[str, str]:
    rows = ask(
        "select unnest(s.setconfig) from pg_db_role_setting as s "
        "join pg_database as d on d.oid = s.setdatabase "
        "where d.datname = current_database() and s.setrole = 0"
    )
    return dict(row[0].split("=", 1) for row in rows)


_WATCHED = _quoted_list((*LARGE_OBJECTS, *READ_LOG, *READ_ONCE))
_ACLS = f"""
select 'table' as kind, n.nspname || '.' || c.relname as name, ''::text as col,
    c.relowner as owner, c.relacl as acl
from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ({_OURS}) and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
union all
select 'table', n.nspname || '.' || c.relname, a.attname::text, c.relowner, a.attacl
from pg_attribute as a join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname in ({_OURS}) and a.attacl is not null and not a.attisdropped
union all
select 'function', p.oid::regprocedure::text, '', p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner))
from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
where n.nspname in ({_OURS})
union all
select 'function', 'pg_catalog.' || p.oid::regprocedure::text, '', p.proowner,
    coalesce(p.proacl, acldefault('f', p.proowner))
from pg_proc as p
where p.pronamespace = 'pg_catalog'::regnamespace
    and 'pg_catalog.' || p.oid::regprocedure::text in ({_WATCHED})
union all
select 'schema', nspname::text, '', nspowner,
    coalesce(nspacl, acldefault('n', nspowner))
from pg_namespace where nspname in ({_OURS})
union all
select 'database', datname::text, '', datdba, coalesce(datacl, acldefault('d', datdba))
from pg_database where datname = current_database()
union all
select 'language', lanname::text, '', lanowner,
    coalesce(lanacl, acldefault('l', lanowner))
from pg_language where lanname in ({_quoted_list(LANGUAGES)})
"""
_GRANTS = f"""
select distinct acls.kind, acls.name,
    case given.grantee when 0 then 'public'
        else pg_get_userbyid(given.grantee)::text end,
    given.privilege_type::text, acls.col
from ({_ACLS}) as acls, aclexplode(acls.acl) as given
where given.grantee <> acls.owner
"""
