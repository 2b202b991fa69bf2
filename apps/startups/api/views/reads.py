"""Which operations of the registry only read."""

READS = frozenset({"list", "retrieve"})
