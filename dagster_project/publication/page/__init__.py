"""The report page: what a director reads of a run, in one file that needs no network.

Belongs here: rounding what is shown, words and pictures of figures, the sections and
their order. Does not belong here: computing a measure (the marts) or hiding cells of a
published table (the ``public_*`` marts).
"""
