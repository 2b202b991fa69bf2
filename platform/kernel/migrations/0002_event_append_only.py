"""The database itself refuses to change or remove facts; ENABLE ALWAYS holds under replication settings too."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION kernel_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER kernel_event_no_change BEFORE UPDATE OR DELETE ON kernel_event
    FOR EACH ROW EXECUTE FUNCTION kernel_event_refuse();
CREATE TRIGGER kernel_event_no_truncate BEFORE TRUNCATE ON kernel_event
    FOR EACH STATEMENT EXECUTE FUNCTION kernel_event_refuse();
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_no_change;
ALTER TABLE kernel_event ENABLE ALWAYS TRIGGER kernel_event_no_truncate;
"""

BACKWARD = """
DROP TRIGGER kernel_event_no_truncate ON kernel_event;
DROP TRIGGER kernel_event_no_change ON kernel_event;
DROP FUNCTION kernel_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
