"""Public tables: what may leave the departments, and what must stay hidden in it.

Belongs here: small cells, complements, the audit, the publication score, the register
of releases. Does not belong here: what a figure means (``dbt_project``), Dagster.
"""

SMALL_CELL_MINIMUM = 11
"""The smallest count of people that may be shown; 1 to 10 may not, 0 may.

CMS cell size suppression policy (resdac.org/node/1506, 2024-01-26) and CalHHS Data
De-Identification Guidelines, 4.4.1. An agreement may ask for more, never for less:
what is asked in force is `small_cell_minimum` of the sharing agreement."""
