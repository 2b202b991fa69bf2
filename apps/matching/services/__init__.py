"""Writes of matching: starting, scoring, publishing and ending runs."""

from apps.matching.services.inputs import inputs_record
from apps.matching.services.runs import run_begin, run_cancel, run_end, run_start
from apps.matching.services.scoring import blocks_plan, lists_score, run_publish

__all__ = [
    "blocks_plan",
    "inputs_record",
    "lists_score",
    "run_begin",
    "run_cancel",
    "run_end",
    "run_publish",
    "run_start",
]
