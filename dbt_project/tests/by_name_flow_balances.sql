-- Months in which the people who came and left do not explain the change in the active.

select
    flow_month,
    n_active_before,
    n_active
from {{ ref("by_name_flow") }}
where
    n_active
    <> n_active_before
    + n_new
    + n_returned_housing
    + n_returned_inactive
    - n_housed
    - n_inactive
    - n_deceased
