"""The database itself refuses to change or remove a development event; inserting costs nothing."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION startups_development_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'development events are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER startups_development_event_no_change BEFORE UPDATE OR DELETE ON startups_developmentevent
    FOR EACH ROW EXECUTE FUNCTION startups_development_event_refuse();
CREATE TRIGGER startups_development_event_no_truncate BEFORE TRUNCATE ON startups_developmentevent
    FOR EACH STATEMENT EXECUTE FUNCTION startups_development_event_refuse();
"""

BACKWARD = """
DROP TRIGGER startups_development_event_no_truncate ON startups_developmentevent;
DROP TRIGGER startups_development_event_no_change ON startups_developmentevent;
DROP FUNCTION startups_development_event_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("startups", "0003_registry")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
