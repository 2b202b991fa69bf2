"""The database itself refuses to change scoring models, their evaluations and their promotions."""

from django.db import migrations

TABLES = ("matching_registeredmodel", "matching_modelevaluation", "matching_modelpromotion")

FORWARD = """
CREATE FUNCTION matching_model_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'scoring models are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
""" + "".join(
    f"""
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION matching_model_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION matching_model_refuse();
"""
    for table in TABLES
)

BACKWARD = (
    "".join(
        f"DROP TRIGGER {table}_no_truncate ON {table};\nDROP TRIGGER {table}_no_change ON {table};\n"
        for table in TABLES
    )
    + "DROP FUNCTION matching_model_refuse();"
)


class Migration(migrations.Migration):
    dependencies = [("matching", "0002_complete")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
