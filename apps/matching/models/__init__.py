"""Match runs with their inputs and lists, digests, previews; introductions and the decision log."""

from apps.matching.models.comparisons import RunComparison
from apps.matching.models.deals import Deal
from apps.matching.models.digests import DigestList, DigestRound
from apps.matching.models.freshness import InputChange, Touched
from apps.matching.models.impressions import Impression
from apps.matching.models.inputs import InputVersion
from apps.matching.models.introductions import DecisionStep, Introduction
from apps.matching.models.lists import MatchList
from apps.matching.models.outcomes import Outcome
from apps.matching.models.parts import RunPart
from apps.matching.models.previews import MatchPreview
from apps.matching.models.runs import MatchRun, MatchRunQuerySet
from apps.matching.models.scoring import ModelEvaluation, ModelPromotion, RegisteredModel

__all__ = [
    "Deal",
    "DecisionStep",
    "DigestList",
    "DigestRound",
    "Impression",
    "InputChange",
    "InputVersion",
    "Introduction",
    "MatchList",
    "MatchPreview",
    "MatchRun",
    "MatchRunQuerySet",
    "ModelEvaluation",
    "ModelPromotion",
    "Outcome",
    "RegisteredModel",
    "RunComparison",
    "RunPart",
    "Touched",
]
