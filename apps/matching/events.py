"""Facts about match runs."""

from kernel.events import declare

RUN_QUEUED = declare("matching.run.queued")
RUN_STARTED = declare("matching.run.started")
RUN_PUBLISHED = declare("matching.run.published")
RUN_PARTIAL = declare("matching.run.left_partial")
RUN_FAILED = declare("matching.run.failed")
RUN_CANCELLED = declare("matching.run.cancelled")
