"""``audit``: who read what.

Belongs here: the events, and the view over the server's log. Does not belong here: the
traces themselves, which policies, views and ``open_case`` leave; how long either stays
(``audit_clock``).

The server's log is what nobody can roll back; it is read in place, from its JSON form
(PostgreSQL 15 or later), without an extension. What a statement says between quotes,
and its longer numbers, may be a name or a number of a client: the view hides them.
"""

from dagster_project.shared_warehouse.audit_clock import EVENTS, oldest
from dagster_project.shared_warehouse.desired import Grant, Piece, Shape
from dagster_project.shared_warehouse.terms import PUBLISHER, Terms

READ_LOG = ("pg_catalog.pg_read_binary_file(text,bigint,bigint)",)
"""What ``log_reader`` alone may run; it lists the log as a ``pg_monitor``."""
READ_ONCE = ("pg_catalog.pg_read_file(text)",)
"""What it ran in earlier releases, and may no longer."""
AT_ONCE = 4 << 20
"""Bytes of the log read at once: a file has no longest size, and PostgreSQL a longest
text."""
LONGEST_LINE = 1 << 20
"""Of a longer line only what stands before the statement is kept, and that is short:
when, who, and the trace. A reader cannot hide a read behind a long statement."""


def shapes() -> tuple[Shape, ...]:
    """Return the table of events; nobody can change a row."""
    return (
        Shape(
            EVENTS,
            "warehouse_owner",
            {
                "at": "timestamp with time zone not null default clock_timestamp()",
                "login": "text not null default session_user",
                "kind": "text not null",
                "person_id": "text",
                "purpose": "text",
                "n_rows": "bigint",
                "detail": "text",
            },
            lasting=True,
            comment="One row per case opened, release published, agreement applied.",
        ),
    )


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the function that reads the log, and the view over it."""
    return (_log_lines(), _who_read_what(terms))


def grants(terms: Terms) -> frozenset[Grant]:
    """Return who reads the audit and who adds an event."""
    found = {Grant("function", name, "log_reader", "EXECUTE") for name in READ_LOG}
    for column in ("kind", "person_id", "purpose", "n_rows", "detail"):
        for writer in (PUBLISHER, "case_reader"):
            found.add(Grant("table", EVENTS, writer, "INSERT", column))
    for role in terms.roles:
        if role.reads_audit:
            found.add(Grant("table", EVENTS, role.name, "SELECT"))
            found.add(Grant("table", "audit.who_read_what", role.name, "SELECT"))
            found.add(Grant("function", "audit.log_lines()", role.name, "EXECUTE"))
    return frozenset(found)


def _log_lines() -> Piece:
    """Return this database's traces of reads, cases and refusals in the log.

    Whoever reaches the server can write bytes into its log that are no text, as the
    name of a login that does not exist: such a line is passed over, and no other.
    """
    return Piece(
        "function",
        "audit.log_lines()",
        f"""create or replace function audit.log_lines() returns setof jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
    folder text := current_setting('log_directory') || '/';
    file record;
    place bigint;
    lines text[];
    rest text;
    line text;
    entry jsonb;
begin
    for file in select name, size from pg_ls_logdir() where name like '%.json'
        order by name
    loop
        rest := '';
        place := 0;
        while place < file.size loop
            -- Bytes that are no ASCII stand as \\nnn, so that nothing here fails.
            lines := string_to_array(rest || encode(
                pg_read_binary_file(folder || file.name, place, {AT_ONCE}), 'escape'
            ), chr(10));
            place := place + {AT_ONCE};
            rest := left(lines[cardinality(lines)], {LONGEST_LINE});
            foreach line in array lines[:cardinality(lines) - 1] loop
                continue when not (line like '%"READ %' or line like '%"CASE %'
                    or line like '%"AUDIT: %' or line like '%"state_code":"42501"%');
                if length(line) >= {LONGEST_LINE} then
                    line := split_part(line, ',"statement":', 1)
                        || ',"statement":"(too long to show)"}}';
                end if;
                begin
                    entry := convert_from(decode(line, 'escape'), 'UTF8')::jsonb;
                exception when data_exception then
                    continue;
                end;
                if entry ->> 'dbname' = current_database() then
                    return next entry;
                end if;
            end loop;
        end loop;
    end loop;
end$$""",
        owner="log_reader",
        replaces=True,
    )


def _who_read_what(terms: Terms) -> Piece:
    r"""Return the view: one row per trace, as long as an audit row is kept.

    A trace counts only as written by the functions named in its context, since an error
    message could repeat a reader's own words.
    """
    return Piece(
        "view",
        "audit.who_read_what",
        rf"""create view audit.who_read_what with (security_barrier = true) as
select
    (entry ->> 'timestamp')::timestamptz as at,
    entry ->> 'user' as login,
    trace ->> 'role' as role,
    entry ->> 'application_name' as application,
    entry ->> 'remote_host' as host,
    kind,
    case
        when kind = 'pgaudit' then split_part(entry ->> 'message', ',', 7)
        else trace ->> 'relation'
    end as relation,
    trace ->> 'person_id' as person_id,
    trace ->> 'purpose' as purpose,
    case
        when kind = 'pgaudit'
            then substring(entry ->> 'message' from ',([0-9]+)$')::bigint
        else (trace ->> 'n_rows')::bigint
    end as n_rows,
    regexp_replace(
        regexp_replace(statement, '''[^'']*(''|$)', '''…''', 'g'),
        '[0-9]{{4,}}', '…', 'g'
    ) as statement
from (
    select
        entry,
        case
            when message like 'READ {{%' and context like '%function agreement.reading%'
                then 'read'
            when message like 'CASE {{%'
                and context like '%function identified.open_case%'
                then case message::text like '%"opened" : true%'
                    when true then 'case opened' else 'case refused' end
            when severity = 'LOG' and message like 'AUDIT: %' then 'pgaudit'
            when severity <> 'LOG' then 'refused'
        end as kind,
        -- pgaudit hides the statement and tells it in the message, its eighth part.
        coalesce(
            entry ->> 'statement',
            substring(message from '^AUDIT: (?:[^,]*,){{7}}(.*),<[^,]*>(?:,[0-9]+)?$')
        ) as statement,
        case
            when severity = 'LOG' and message ~ '^(READ|CASE) \{{'
                then substr(message, 6)::jsonb
        end as trace
    from (
        select
            entry,
            entry ->> 'message' as message,
            entry ->> 'context' as context,
            entry ->> 'error_severity' as severity
        from audit.log_lines() as entry
    ) as read
) as traces
where kind is not null and (entry ->> 'timestamp')::timestamptz >= {oldest(terms)}""",
        owner="warehouse_owner",
    )
