"""Match runs with the inputs they scored and the lists they made; the funds' decision log."""

from apps.matching.models.deals import Deal
from apps.matching.models.inputs import InputVersion
from apps.matching.models.lists import MatchList
from apps.matching.models.runs import MatchRun, MatchRunQuerySet

__all__ = ["Deal", "InputVersion", "MatchList", "MatchRun", "MatchRunQuerySet"]
