"""The database itself refuses to change a recorded step of an introduction."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION matching_decision_step_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'recorded steps are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER matching_decision_step_no_change BEFORE UPDATE ON matching_decisionstep
    FOR EACH ROW EXECUTE FUNCTION matching_decision_step_refuse();
CREATE TRIGGER matching_decision_step_no_truncate BEFORE TRUNCATE ON matching_decisionstep
    FOR EACH STATEMENT EXECUTE FUNCTION matching_decision_step_refuse();
"""

BACKWARD = """
DROP TRIGGER matching_decision_step_no_truncate ON matching_decisionstep;
DROP TRIGGER matching_decision_step_no_change ON matching_decisionstep;
DROP FUNCTION matching_decision_step_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("matching", "0003_models_by_hand")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
