"""What a received file is, and whether it may come in; decided in a child process with limits.

`inspect` never raises for what a file holds: a crash, a time-out or a limit is a verdict too; a full disk is none.
Nothing here imports Django.
"""

from apps.documents.inspection.outcome import Finding, Inspection, Limits, Reason, Verdict
from apps.documents.inspection.process import inspect

__all__ = ["Finding", "Inspection", "Limits", "Reason", "Verdict", "inspect"]
