"""Facts about messages to people; all of a person's own organisation."""

from kernel.events import declare

NOTIFICATION_RAISED = declare("notifications.notification.raised")
DIGEST_PLANNED = declare("notifications.digest.planned")
PREFERENCE_CHANGED = declare("notifications.preference.changed")
PREFERENCE_UNSUBSCRIBED = declare("notifications.preference.unsubscribed")
