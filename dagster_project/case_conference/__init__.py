"""The list of people whom the departments' case conference takes up.

Belongs here: what may be put on the list and taken off it, the file that keeps it, and
who its people are today. Does not belong here: who ought to be on it (the marts of
``case_conference``), Dagster, printing.
"""
