{% test unique_together(model, columns) %}

-- Rows whose columns, taken together, are not the key they claim to be.
select {{ columns | join(", ") }}
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1

{% endtest %}
