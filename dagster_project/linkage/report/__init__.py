"""The linkage report: one self-contained page about a run, without a name or number.

Belongs here: measuring a run's tables and laying them out. Does not belong here: the
linkage itself, estimators (``quality``, ``clerical``), reading or serving files.
"""
