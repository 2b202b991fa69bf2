"""Facts about what searchers keep for themselves; all in the trail of their own organisation."""

from kernel.events import declare

SAVED_SEARCH_CREATED = declare("dealflow.saved_search.created")
SAVED_SEARCH_UPDATED = declare("dealflow.saved_search.updated")
SAVED_SEARCH_DELETED = declare("dealflow.saved_search.deleted")
SAVED_SEARCH_SUBSCRIBED = declare("dealflow.saved_search.subscribed")
ALERT_RAISED = declare("dealflow.alert.raised")

STAGE_CREATED = declare("dealflow.stage.created")
STAGE_UPDATED = declare("dealflow.stage.updated")
STAGE_ARCHIVED = declare("dealflow.stage.archived")
STAGE_RESTORED = declare("dealflow.stage.restored")
STAGES_ORDERED = declare("dealflow.stages.ordered")

ENTRY_ADDED = declare("dealflow.entry.added")
"""Facts about a watch-list hold ids of what the fund made, never of what it watches."""
ENTRY_UPDATED = declare("dealflow.entry.updated")
ENTRY_MOVED = declare("dealflow.entry.moved")
ENTRY_REMOVED = declare("dealflow.entry.removed")

NOTE_WRITTEN = declare("dealflow.note.written")
NOTE_EDITED = declare("dealflow.note.edited")
NOTE_DELETED = declare("dealflow.note.deleted")

REMINDER_SET = declare("dealflow.reminder.set")
REMINDER_CANCELLED = declare("dealflow.reminder.cancelled")
REMINDER_DUE = declare("dealflow.reminder.due")
"""Once for each reminder; `people` in its data is who wants to be told."""
