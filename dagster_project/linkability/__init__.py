"""Will we be able to link? What the linkage report measures, as tables to be asked.

Belongs here: rows about identifiers, pairs of departments and groups of people. Does
not belong here: estimating (``linkage.quality``), pages (``linkage.report``), Dagster.
"""
