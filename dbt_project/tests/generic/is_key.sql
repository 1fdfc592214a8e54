{% test is_key(model, column_name) %}

-- Values that stand in several rows, or in none (null): `unique` and `not_null` at
-- once, for every test costs a wait.
select
    {{ column_name }} as broken_key,
    count(*) as n_rows
from {{ model }}
group by {{ column_name }}
having count(*) > 1 or {{ column_name }} is null

{% endtest %}
