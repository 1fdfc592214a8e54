"""What nobody may do to the schemas by mistake, an administrator included.

Belongs here: the event trigger that looks after each change of the database. Does not
belong here: rights (``roles``); a superuser who wants to can take the trigger away.
"""

from dagster_project.shared_warehouse.audit_clock import EVENTS, STAYS
from dagster_project.shared_warehouse.desired import Piece, literal

TAGS = (
    "ALTER FOREIGN TABLE",
    "ALTER MATERIALIZED VIEW",
    "ALTER POLICY",
    "ALTER TABLE",
    "ALTER VIEW",
    "ALTER FUNCTION",
    "CREATE FOREIGN TABLE",
    "CREATE FUNCTION",
    "CREATE MATERIALIZED VIEW",
    "CREATE POLICY",
    "CREATE RULE",
    "CREATE TABLE",
    "CREATE TABLE AS",
    "CREATE TRIGGER",
    "CREATE VIEW",
    "DROP TABLE",
    "DROP TRIGGER",
    "GRANT",
    "SELECT INTO",
)

REFUSALS = {
    "Table(s) in the schema identified without ENABLE and FORCE ROW LEVEL SECURITY": """
select string_agg(relation.relname, ', ' order by relation.relname)
from pg_class as relation
where relation.relnamespace = 'identified'::regnamespace
    and relation.relkind in ('r', 'p', 'f')
    and not (relation.relrowsecurity and relation.relforcerowsecurity)""",
    "Partition(s) or children of a table in the schema identified": """
select string_agg(inherits.inhrelid::regclass::text, ', ')
from pg_inherits as inherits
join pg_class as parent on parent.oid = inherits.inhparent
join pg_class as child on child.oid = inherits.inhrelid
where parent.relkind in ('r', 'p', 'f') and child.relkind in ('r', 'p', 'f')
    and 'identified'::regnamespace in (parent.relnamespace, child.relnamespace)""",
    "Materialized view(s) in the schema identified": """
select string_agg(relation.relname, ', ' order by relation.relname)
from pg_class as relation
where relation.relnamespace = 'identified'::regnamespace
    and relation.relkind = 'm'""",
    "View(s) over the schema identified without security_invoker": """
with recursive over (relation) as (
    select oid from pg_class
    where relnamespace = 'identified'::regnamespace
    union
    select rule.ev_class
    from over
    join pg_depend as depends
        on depends.refclassid = 'pg_class'::regclass
        and depends.refobjid = over.relation
        and depends.classid = 'pg_rewrite'::regclass
    join pg_rewrite as rule on rule.oid = depends.objid
)
select string_agg(relation.oid::regclass::text, ', ')
from over
join pg_class as relation on relation.oid = over.relation
where relation.relkind in ('v', 'm')
    and not coalesce(
        relation.reloptions && array['security_invoker=true', 'security_invoker=on',
            'security_invoker=1', 'security_invoker=yes'], false)""",
    "Trigger(s) or rule(s) on a table in the schema identified": """
select string_agg(found.name, ', ')
from (
    select own.tgname::text as name
    from pg_trigger as own
    join pg_class as relation on relation.oid = own.tgrelid
    where relation.relnamespace = 'identified'::regnamespace
        and not own.tgisinternal
    union all
    select rule.rulename::text
    from pg_rewrite as rule
    join pg_class as relation on relation.oid = rule.ev_class
    where relation.relnamespace = 'identified'::regnamespace
        and relation.relkind in ('r', 'p', 'f')
) as found""",
    "Right(s) of everybody in the schema identified": """
select string_agg(distinct relation.relname, ', ')
from pg_class as relation
left join pg_attribute as attribute on attribute.attrelid = relation.oid
cross join lateral (
    select grantee from aclexplode(relation.relacl)
    union all
    select grantee from aclexplode(attribute.attacl)
) as given
where relation.relnamespace = 'identified'::regnamespace and given.grantee = 0""",
    "Audit events that could be changed, without the trigger(s)": f"""
select string_agg(needed.name, ', ')
from (values {", ".join(f"({literal(name)})" for name in STAYS)}) as needed (name)
where not exists (
    select from pg_trigger as own
    join pg_class as relation on relation.oid = own.tgrelid
    join pg_namespace as space on space.oid = relation.relnamespace
    where space.nspname || '.' || relation.relname = {literal(EVENTS)}
        and own.tgname = needed.name and own.tgenabled in ('O', 'A'))""",
}
"""Sentence to a query that names what is wrong, or null. Views may lie in any schema
and on top of one another."""


def pieces(policies: frozenset[str], definers: frozenset[str]) -> tuple[Piece, ...]:
    """Return the function and the event trigger.

    Args:
        policies: ``policy on table`` of all that may be in the schema identified.
        definers: Functions that may be ``security definer``, as ``regprocedure``.
    """
    checks = [(sentence, query.strip()) for sentence, query in REFUSALS.items()]
    known = ", ".join(literal(name) for name in sorted(policies))
    checks.append(
        (
            "Policy of the schema identified that no agreement asks for",
            "select string_agg(policy.polname, ', ') from pg_policy as policy "
            "join pg_class as relation on relation.oid = policy.polrelid "
            "where relation.relnamespace = 'identified'::regnamespace and "
            "policy.polname || ' on identified.' || relation.relname <> all "
            f"(array[{known}]::text[])",
        )
    )
    allowed = ", ".join(literal(name) for name in sorted(definers))
    checks.append(
        (
            "Function(s) that run with their owner's rights",
            "select string_agg(oid::regprocedure::text, ', ') from pg_proc "
            "where prosecdef and oid >= 16384 and not exists (select from pg_depend "
            "where classid = 'pg_proc'::regclass and objid = pg_proc.oid "
            "and deptype = 'e') "
            f"and oid::regprocedure::text <> all (array[{allowed}]::text[])",
        )
    )
    body = "\n".join(
        f"    {query}\n    into wrong;\n"
        "    if wrong is not null then raise exception "
        f"{literal(sentence + ': %')}, wrong using errcode = '42501'; end if;"
        for sentence, query in ((s, _into(q)) for s, q in checks)
    )
    tags = ", ".join(literal(tag) for tag in TAGS)
    return (
        Piece(
            "function",
            "agreement.guard()",
            "create or replace function agreement.guard() returns event_trigger "
            "language plpgsql set search_path = pg_catalog as $$\n"
            "declare wrong text;\nbegin\n"
            "    if tg_tag = 'ALTER POLICY' then raise exception 'Policies are made "
            "from the sharing agreement; publish again instead.' "
            "using errcode = '42501'; end if;\n"
            f"{body}\nend$$",
            owner="warehouse_owner",
            replaces=True,
        ),
        Piece(
            "event trigger",
            "shared_warehouse_guard",
            "create event trigger shared_warehouse_guard on ddl_command_end "
            f"when tag in ({tags}) execute function agreement.guard()",
        ),
    )


def _into(query: str) -> str:
    """Return a query of one value as an expression statement of PL/pgSQL."""
    return f"select ({query})"
