"""Throughline: from each department's export to answered questions.

``departments``, ``linkage`` and ``synthetic`` are pure; ``defs`` is the Dagster shell;
``cli`` is the ``throughline`` command. Nothing happens at import.
"""
