"""Names of people and companies compared across scripts, romanisations and spellings."""

from apps.compliance.names.blocking import ALGORITHM, VERSION, blocking_keys, identifier_keys
from apps.compliance.names.evidence import Feature
from apps.compliance.names.normal import Kind, Normal, normalise
from apps.compliance.names.scoring import FEATURES, THRESHOLD, Score, Side, score

__all__ = [
    "ALGORITHM",
    "FEATURES",
    "THRESHOLD",
    "VERSION",
    "Feature",
    "Kind",
    "Normal",
    "Score",
    "Side",
    "blocking_keys",
    "identifier_keys",
    "normalise",
    "score",
]
