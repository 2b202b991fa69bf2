"""Names of people and companies compared across scripts, romanisations and spellings."""

from apps.compliance.names.blocking import ALGORITHM, VERSION, blocking_keys, identifier_keys
from apps.compliance.names.evidence import Feature
from apps.compliance.names.normal import Kind, Normal, normalise
from apps.compliance.names.scoring import FEATURES, NEAR, THRESHOLD, Score, Side, may_reach, score

__all__ = [
    "ALGORITHM",
    "FEATURES",
    "NEAR",
    "THRESHOLD",
    "VERSION",
    "Feature",
    "Kind",
    "Normal",
    "Score",
    "Side",
    "blocking_keys",
    "identifier_keys",
    "may_reach",
    "normalise",
    "score",
]
