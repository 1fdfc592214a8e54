-- One row per grouping and group of people: whether the linkage serves them alike.

with groups_of_people as (

    select
        grouping,
        people_group,
        n_records,
        n_people,
        share_unlinkable,
        share_linked_elsewhere,
        share_in_review,
        mean_link_confidence,
        false_link_share,
        false_link_share_low,
        false_link_share_high,
        missed_link_share,
        missed_link_share_low,
        missed_link_share_high,
        estimated_by
    from {{ source("linkage", "link_quality_by_group") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    groups_of_people.grouping,
    groups_of_people.people_group,

    groups_of_people.n_records,
    groups_of_people.n_people,
    groups_of_people.share_unlinkable,
    {{ wilson_low(
        "groups_of_people.share_unlinkable * groups_of_people.n_records",
        "groups_of_people.n_records"
    ) }} as share_unlinkable_low,
    {{ wilson_high(
        "groups_of_people.share_unlinkable * groups_of_people.n_records",
        "groups_of_people.n_records"
    ) }} as share_unlinkable_high,
    groups_of_people.share_linked_elsewhere,
    groups_of_people.share_in_review,
    groups_of_people.mean_link_confidence,

    groups_of_people.false_link_share,
    groups_of_people.false_link_share_low,
    groups_of_people.false_link_share_high,
    groups_of_people.missed_link_share,
    groups_of_people.missed_link_share_low,
    groups_of_people.missed_link_share_high,

    groups_of_people.estimated_by,
    today.data_through
from groups_of_people
left join today
    on true
