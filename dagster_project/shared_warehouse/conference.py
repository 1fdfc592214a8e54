"""The case conference: whose case may be opened, and the one way to open it.

Belongs here: the list, its policies, ``open_case``. Does not belong here: who is on the
list (``visibility``), what else a conference reads (``case_tables``).
"""

from dagster_project.shared_warehouse.audit import EVENTS
from dagster_project.shared_warehouse.city_day import today_once_sql, today_sql
from dagster_project.shared_warehouse.desired import Grant, Piece, Shape, literal
from dagster_project.shared_warehouse.identified import NAME
from dagster_project.shared_warehouse.terms import CASE_CONFERENCE, PUBLISHER, Terms

LIST = "identified.conference_list"
OPEN_CASE = "identified.open_case(text,text)"
LONGEST = 500
"""Characters of a purpose that are kept; the log is read whole by every auditor."""
UNSEEN = (
    r"[\s[:cntrl:]\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    r"\u3000\ufeff]+"
)
"""What nobody sees: a purpose of it is none."""


def shape() -> Shape:
    """Return the list of clients on whom a case may be opened."""
    return Shape(
        LIST,
        "warehouse_owner",
        {
            "person_id": "text not null",
            "eligible_until": "date not null",
        },
        secured=True,
        indexes=("person_id",),
        silent=True,
        comment="One row per client whom the case conference has taken up.",
    )


def pieces(terms: Terms, types: dict[str, str]) -> tuple[Piece, ...]:
    """Return the list's policies and the function.

    Args:
        terms: The agreement.
        types: PostgreSQL type of each column of the client records.
    """
    found = [
        _policy("publisher_inserts", f"for insert to {PUBLISHER} with check (true)"),
        _policy("publisher_deletes", f"for delete to {PUBLISHER} using (true)"),
        _policy("case_reader_reads", "for select to case_reader using (true)"),
    ]
    openers = _openers(terms)
    if openers:
        found.append(
            _policy(
                "conference_reads",
                f"for select to {', '.join(openers)} using "
                "((select agreement.agreement_active()) "
                f"and eligible_until >= {today_once_sql()})",
            )
        )
        found.append(_open_case(terms, types))
    return tuple(found)


def grants(terms: Terms) -> frozenset[Grant]:
    """Return who reads the list and who may open a case."""
    found = {
        Grant("table", LIST, PUBLISHER, "INSERT"),
        Grant("table", LIST, PUBLISHER, "DELETE"),
        Grant("table", LIST, "case_reader", "SELECT"),
    }
    for name in _openers(terms):
        found.add(Grant("function", OPEN_CASE, name, "EXECUTE"))
        found.add(Grant("table", LIST, name, "SELECT"))
        active = "agreement.agreement_active()"
        found.add(Grant("function", active, name, "EXECUTE"))
    return frozenset(found)


def _openers(terms: Terms) -> list[str]:
    """Return the roles that open cases and have columns to see there."""
    if not terms.client_records.readable(CASE_CONFERENCE):
        return []
    return sorted(role.name for role in terms.roles if role.opens_cases)


def _policy(name: str, rest: str) -> Piece:
    return Piece(
        "policy", f"{name} on {LIST}", f"create policy {name} on {LIST} {rest}"
    )


def _open_case(terms: Terms, types: dict[str, str]) -> Piece:
    """Return the function by which a case conference sees one client's records.

    Whoever calls it leaves a trace in the log, which a rollback does not reach, and an
    event. It is owned by a role that can do nothing else, and that no login has.
    """
    columns = terms.client_records.readable(CASE_CONFERENCE)
    returned = ", ".join(f"{name} {types.get(name, 'text')}" for name in columns)
    listed = ", ".join(f"record.{name}" for name in columns)
    return Piece(
        "function",
        OPEN_CASE,
        f"""create function identified.open_case(person text, purpose text)
returns table ({returned})
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
    found_rows bigint;
    why text := trim(regexp_replace(
        left(coalesce(open_case.purpose, ''), {LONGEST}), {literal(UNSEEN)}, ' ', 'g'));
    refusal text;
    today date := {today_sql()};
begin
    if length(regexp_replace(why, '[ [:punct:]]', '', 'g')) < {terms.minimum_purpose}
    then
        refusal := 'Say for what the case is opened, in at least '
            '{terms.minimum_purpose} characters that can be read.';
    elsif not agreement.agreement_active() then
        refusal := 'The sharing agreement is not in force today.';
    elsif not exists (
        select from identified.conference_list as listed
        where listed.person_id = open_case.person and listed.eligible_until >= today
    ) then
        refusal := 'This client is not on the list of the case conference, or not '
            'eligible any more.';
    end if;
    if refusal is not null then
        raise log 'CASE %', json_build_object('opened', false, 'relation', '{NAME}',
            'person_id', left(open_case.person, 100), 'purpose', why,
            'role', session_user);
        raise exception '%', refusal using errcode = '42501';
    end if;
    return query select {listed} from {NAME} as record
        where record.person_id = open_case.person
        order by record.department, record.client_record_id;
    get diagnostics found_rows = row_count;
    raise log 'CASE %', json_build_object('opened', true, 'relation', '{NAME}',
        'person_id', open_case.person, 'purpose', why, 'role', session_user,
        'n_rows', found_rows);
    insert into {EVENTS} (kind, person_id, purpose, n_rows)
        values ('case opened', open_case.person, why, found_rows);
end$$""",
        owner="case_reader",
    )
