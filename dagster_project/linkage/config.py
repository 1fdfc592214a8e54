"""What a caller may choose about a linkage run, with the reason for each default.

Belongs here: the one frozen record of settings. Does not belong here: constants of a
single formula, which stand beside that formula.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LinkConfig:
    """Settings of ``link``; the defaults are the product's."""

    threshold: float = 0.95
    """Pooled posterior from which records are one person: a false link costs most."""
    loose: float = 0.5
    """Floor of the review zone, and the partition of the loose sensitivity figures."""
    strict: float = 0.99
    """Partition of the strict sensitivity figures."""
    pairs_per_record: float | None = None
    """Pair budget of one blocking rule; None lets the number of records decide."""
    candidate_floor: float = 0.001
    """Pairs less probable than this are not returned: they would only fill the disk."""
    edge_floor: float = 0.5
    """A pair is an edge from here, the floor of the review zone."""
    component_floor: float = 0.3
    """Pairs from here up decide which records are compared as one component: enough
    that weaker ones of a person are reached through the others."""
    largest_component: int = 300
    """Above this many records a component is joined in rounds, see ``rounds``: the
    pooled evidence of all inner pairs is quadratic."""
    size_exponent: float = 0.5
    """Alpha of the agglomeration's size term; see ``cluster``."""
    fit_pairs: int = 250_000
    """Candidates that EM is fitted on; the rest tells it nothing new."""
    passes: int = 2
    """The second pass counts values in persons; a third one changed nothing."""
    household: bool = True
    """Whether two people of one home are a class of their own; off only to compare the
    engine with one that has no such class."""
    blocking_keys: bool = False
    """Whether the keys of every record are returned: a warehouse keeps them, so that
    anybody can ask there why two records were, or were not, compared."""
    seed: int = 20260701
    """Key of every sample; the same seed gives the same bytes."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Input column -> our name, for callers whose names are not known here."""
