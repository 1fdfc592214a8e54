"""What came after an intervention, with and without another department's follow-up.

Belongs here: pure functions from linked tables to cumulative incidence and adjusted
comparisons. Does not belong here: reading or writing the warehouse (``defs``), linking
(``linkage``), rates without a time axis (dbt).

Everything here is association, not effect, unless all that confounds was recorded.
"""
