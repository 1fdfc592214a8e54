"""Each client record with what decides who else sees it, as DuckDB tables.

Belongs here: eligibility, consent, objection and membership of the departments, read
from the warehouse. Does not belong here: who sees what then (``visibility``).
"""

from collections.abc import Collection
from datetime import date

from dagster_project.shared_warehouse.desired import literal
from dagster_project.shared_warehouse.terms import CASE_CONFERENCE, Terms

NONE = "select null::varchar as client_record_id where false"

OBJECTIONS = f"""
    select distinct source_client_record_id as client_record_id
    from intermediate.int_objections
    where purpose = {literal(CASE_CONFERENCE)}
"""

CONSENTS = f"""
    select
        client_record_id,
        max(coalesce(valid_to, date '9999-12-31'))::date as valid_to
    from intermediate.int_consents
    where
        consent = 'part2'
        and purpose = {literal(CASE_CONFERENCE)}
        and coalesce(valid_from, date '0001-01-01') <= {{today}}
    group by client_record_id
"""
PART2_CONSENTS = """
    select
        source_client_record_id as client_record_id,
        max(coalesce(valid_to, date '9999-12-31'))::date as valid_to
    from intermediate.int_part2_consents
    group by source_client_record_id
"""

ELIGIBILITY = """
    select
        records.person_id,
        max(spells.eligible_until)::date as eligible_until
    from intermediate.int_eligibility as spells
    inner join records
        on spells.client_record_id = records.client_record_id
    where spells.eligible_from <= {today}
    group by records.person_id
"""
SEEN = """
    select
        person_id,
        (max(last_seen_on) + to_months({months}))::date as eligible_until
    from records
    group by person_id
"""

JUDGED = """
with records as (

    select
        records.*,
        links.person_id
    from intermediate.int_client_records as records
    left join linkage.client_links as links
        on records.client_record_id = links.client_record_id

),

parties as (

    select *
    from (values {parties}) as named (department, bit, joined_on, left_on)

),

part2_only as (

    -- Never seen but by a Part 2 programme: that the record exists says so.
    select crosswalk.client_record_id
    from staging.stg_dph__encounter as encounters
    inner join intermediate.int_client_record_crosswalk as crosswalk
        on 'dph:fhir:' || encounters.patient_id = crosswalk.source_client_record_id
    group by crosswalk.client_record_id
    having bool_and(encounters.is_part2)

),

consents as ({consents}),

objections as ({objections}),

eligibility as ({eligibility}),

marked as (

    select
        records.*,
        parties.bit,
        parties.left_on as party_until,
        part2_only.client_record_id is not null as is_part2_only,
        (
            part2_only.client_record_id is not null
            and consents.client_record_id is null
        )
        or objections.client_record_id is not null
        or {today} not between parties.joined_on and parties.left_on
            as is_kept_at_home,
        objections.client_record_id is not null as has_objected,
        case
            when part2_only.client_record_id is not null then consents.valid_to
        end as consent_until
    from records
    inner join parties
        on records.department = parties.department
    left join part2_only
        on records.client_record_id = part2_only.client_record_id
    left join consents
        on records.client_record_id = consents.client_record_id
    left join objections
        on records.client_record_id = objections.client_record_id

),

people as (

    -- A set of departments is a number with a bit for each: lists cost ten times this.
    select
        marked.person_id,
        bit_or(bit) as all_bits,
        coalesce(
            bit_or(bit) filter (where not is_kept_at_home and not is_part2_only), 0
        ) as open_bits,
        coalesce(bit_or(bit) filter (where not is_kept_at_home), 0) as shared_bits,
        max(consent_until) filter (where not is_kept_at_home) as consent_until,
        bool_or(marked.has_objected) as has_objected,
        any_value(eligibility.eligible_until) as eligible_until
    from marked
    left join eligibility
        on marked.person_id = eligibility.person_id
    where marked.person_id is not null
    group by marked.person_id

),

audiences as (

    select
        sets.bits,
        list(parties.department order by parties.department)
        || [{conference}] as visible_to
    from (select distinct all_bits as bits from people) as sets
    inner join parties
        on sets.bits & parties.bit > 0
    group by sets.bits

),

judged as (

    select
        marked.*,
        people.eligible_until,
        case
            when marked.is_kept_at_home or people.person_id is null
                then [marked.department]
            else audiences.visible_to
        end as visible_to
    from marked
    left join people
        on marked.person_id = people.person_id
    left join audiences
        on people.all_bits = audiences.bits

)
"""


def judged_records(
    terms: Terms, *, months: int, today: date, there: Collection[str]
) -> str:
    """Return the common table expressions ``people`` and ``judged`` stand in.

    Args:
        terms: The agreement.
        months: How long after the last contact a client is eligible, where the
            warehouse does not say for each client (``int_eligibility``).
        today: The day of the release in San Francisco.
        there: Tables of ``intermediate`` that there are. A warehouse of before consents
            were kept as spells has ``int_part2_consents`` alone.
    """
    day = f"date {literal(today)}"
    parts = {"today": day, "months": int(months)}
    parties = sorted(terms.parties, key=lambda party: party.department)
    consents = CONSENTS if "int_consents" in there else PART2_CONSENTS
    eligibility = ELIGIBILITY if "int_eligibility" in there else SEEN
    return JUDGED.format(
        **parts,
        conference=literal(CASE_CONFERENCE),
        consents=consents.format(**parts),
        objections=OBJECTIONS if "int_objections" in there else NONE,
        eligibility=eligibility.format(**parts),
        parties=", ".join(
            f"({literal(party.department)}, {1 << place}, "
            f"date {literal(party.joined)}, date {literal(party.left)})"
            for place, party in enumerate(parties)
        )
        or "(null::varchar, 0, null::date, null::date)",
    )
