"""What the warehouse knows about a person before an entry is booked.

Belongs here: whether there is such a person, who they are by now, whether departments
may talk about them, which teams there are. Does not belong here: the states of a
listing (``listing``), booking (``list_file``).
"""

from collections.abc import Set

import duckdb

from dagster_project.case_conference.entries import Refused

WHO_NOW = """
    select distinct links.person_id
    from linkage.identity_events as moves
    inner join linkage.client_links as links
        on moves.client_record_id = links.client_record_id
    where
        moves.kind = 'link' and moves.person_id = ? and links.person_id is not null
    order by links.person_id
"""


def check_person(connection: duckdb.DuckDBPyConnection, person_id: str) -> None:
    """Refuse an id that is no person today, and say who it is by now."""
    known = connection.execute(
        "select count(*) from linkage.persons where person_id = ?", [person_id]
    ).fetchone()[0]
    if known:
        return
    now = [who for (who,) in connection.execute(WHO_NOW, [person_id]).fetchall()]
    if now:
        raise Refused(
            f"{person_id} is no person any more: its records are those of "
            f"{' and '.join(now)} today."
        )
    raise Refused(f"There is no person {person_id}.")


def teams_at_work(connection: duckdb.DuckDBPyConnection) -> Set[str]:
    """Return the codes of the teams and care sites that are at work at data_through."""
    rows = connection.execute(
        "select teams.team_code from intermediate.int_teams as teams "
        "cross join intermediate.int_data_through as today "
        "where today.feed = 'overall' "
        "and coalesce(teams.valid_to, date '9999-12-31') > today.data_through"
    ).fetchall()
    return {code for (code,) in rows}


def check_eligible(connection: duckdb.DuckDBPyConnection, person_id: str) -> None:
    """Refuse to take up a person of whom departments may not talk.

    Not eligible by WIC 18999.8, or an objection to case conferences is known.
    """
    row = connection.execute(
        "select is_eligible, has_objected, last_homeless_on, eligible_until, "
        "data_through from linked.conference_people where person_id = ?",
        [person_id],
    ).fetchone()
    if row is None:
        raise Refused(f"The marts do not know {person_id} yet; run 'throughline run'.")
    is_eligible, has_objected, last, until, through = row
    if has_objected:
        raise Refused(
            f"{person_id} cannot be included: an objection to case conferences is "
            "known of the person, or of a record of theirs."
        )
    if not is_eligible:
        shown = (
            f"was last shown on {last}, which let departments talk until {until}"
            if last
            else "was never shown"
        )
        raise Refused(
            f"{person_id} cannot be included: homelessness {shown}, and the data reach "
            f"{through}. WIC 18999.8 lets departments talk only about who showed it in "
            "the months before that the agreement names."
        )
