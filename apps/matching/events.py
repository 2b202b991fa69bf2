"""Facts about match runs, digests, previews and introductions."""

from kernel.events import declare

RUN_QUEUED = declare("matching.run.queued")
RUN_STARTED = declare("matching.run.started")
RUN_PUBLISHED = declare("matching.run.published")
RUN_PARTIAL = declare("matching.run.left_partial")
RUN_FAILED = declare("matching.run.failed")
RUN_CANCELLED = declare("matching.run.cancelled")

MODEL_REGISTERED = declare("matching.model.registered")
MODEL_EVALUATED = declare("matching.model.evaluated")
MODEL_PROMOTED = declare("matching.model.promoted")

COMPARISON_REQUESTED = declare("matching.comparison.requested")
DIGEST_ROUND_OPENED = declare("matching.digest_round.opened")
DIGEST_PUBLISHED = declare("matching.digest_list.published")
"""A digest of one mandate or raise; `people` in its data are told, `about` is whom it points to."""
PREVIEW_REQUESTED = declare("matching.preview.requested")
"""Terms were tried out; the trail tells whose and how many of the trials count as edits, no term."""

INTRODUCTION_EXPRESSED = declare("matching.introduction.expressed")
"""Facts about an introduction stand in both sides' trails (`subjects`); `mandate`, `raise`, `fund`, `firm` are ids,
`side` is who acted, of a silence who was silent.
"""
INTRODUCTION_BECAME_MUTUAL = declare("matching.introduction.became_mutual")
INTRODUCTION_DECLINED = declare("matching.introduction.declined")
INTRODUCTION_WITHDRAWN = declare("matching.introduction.withdrawn")
INTRODUCTION_EXPIRED = declare("matching.introduction.expired")
INTRODUCTION_STEP_RECORDED = declare("matching.introduction.step_recorded")

INTEREST_TOLD = declare("matching.introduction.interest_told")
"""Facts of the told side's trail alone; `people` in their data is who is told."""
MUTUAL_TOLD = declare("matching.introduction.mutual_told")
DECLINE_TOLD = declare("matching.introduction.decline_told")
DEADLINE_TOLD = declare("matching.introduction.deadline_told")
EXPIRY_TOLD = declare("matching.introduction.expiry_told")
