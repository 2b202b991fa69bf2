"""Writes of matching: starting and ending runs. What computes, in `inputs` and `scoring`, loads the engine."""

from apps.matching.services.runs import run_begin, run_cancel, run_end, run_start

__all__ = ["run_begin", "run_cancel", "run_end", "run_start"]
