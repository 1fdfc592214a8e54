-- One row per department and other department: how well their records are linked.

with pairs as (

    select
        department,
        other_department,
        n_people_both,
        n_people_either,
        false_match_rate,
        false_match_rate_low,
        false_match_rate_high,
        missed_match_rate,
        missed_match_rate_low,
        missed_match_rate_high,
        n_questions,
        estimated_by
    from {{ source("linkage", "link_quality_by_department_pair") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    pairs.department,
    pairs.other_department,

    pairs.n_people_both,
    pairs.n_people_either,
    pairs.n_people_both / nullif(pairs.n_people_either, 0) as share_both,

    1 - pairs.missed_match_rate as match_rate,
    1 - pairs.missed_match_rate_high as match_rate_low,
    1 - pairs.missed_match_rate_low as match_rate_high,
    pairs.missed_match_rate,
    pairs.missed_match_rate_low,
    pairs.missed_match_rate_high,
    pairs.false_match_rate,
    pairs.false_match_rate_low,
    pairs.false_match_rate_high,

    pairs.n_questions,
    pairs.n_questions / nullif(pairs.n_questions + pairs.n_people_both, 0)
        as share_in_review,

    pairs.estimated_by,
    today.data_through
from pairs
left join today
    on true
