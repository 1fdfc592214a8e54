{% test is_rate(model, columns) %}

-- Rows whose rate, counts and interval contradict each other, and rows whose columns,
-- taken together, are not the key they claim to be: both at once, for every test costs
-- a wait.
select *
from (
    select
        *,
        count(*) over (partition by {{ columns | join(", ") }}) as n_rows_of_key
    from {{ model }}
) as keyed
where
    n_rows_of_key > 1
    or numerator < 0
    or numerator > denominator
    or denominator > n
    or (rate is null) <> (denominator = 0)
    or (rate_low is null) <> (denominator = 0)
    or (rate_high is null) <> (denominator = 0)
    or rate_low > rate + 1e-12
    or rate > rate_high + 1e-12
    or rate_low < 0
    or rate_high > 1
    or share_not_linked not between 0 and 1
    or rate_strict not between 0 and 1
    or rate_loose not between 0 and 1

{% endtest %}
