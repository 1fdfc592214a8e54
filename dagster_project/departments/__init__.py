"""Strict readers: one department's delivery in, rows out, source names kept.

Does not belong here: typing, cleaning or joining (dbt staging), Dagster (``defs``).
"""
