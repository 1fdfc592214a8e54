"""A made-up city with known truth, written out in every department's real format.

Does not belong here: anything the pipeline needs to run on real deliveries.
"""
