"""People from client records: standardise, block, compare, fit, score, cluster.

Does not belong here: Dagster, dbt, or any knowledge of a department's format.
"""
