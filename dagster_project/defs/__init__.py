"""The Dagster shell: one file per stage of the flow.

Belongs here: assets, checks, schedules and resources, each a thin wrapper of a pure
function. Does not belong here: a decision about the data.
"""
