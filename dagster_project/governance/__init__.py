"""The sharing agreement: read, checked, compared, kept.

Belongs here: what ``agreement.yaml`` says and what follows from it, without Dagster.
Does not belong here: the rows of a delivery (``departments``), any table.
"""
