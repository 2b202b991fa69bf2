"""Every mandate that stands already gets its first version, and the database refuses to change one."""

from django.db import migrations

NO_TERMS = {"id", "fund", "version", "created_at"}
BATCH = 1_000

FORWARD = """
CREATE FUNCTION investors_mandate_version_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions of mandates are never changed: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER investors_mandate_version_no_change BEFORE UPDATE ON investors_mandateversion
    FOR EACH ROW EXECUTE FUNCTION investors_mandate_version_refuse();
CREATE TRIGGER investors_mandate_version_no_truncate BEFORE TRUNCATE ON investors_mandateversion
    FOR EACH STATEMENT EXECUTE FUNCTION investors_mandate_version_refuse();
"""

BACKWARD = """
DROP TRIGGER investors_mandate_version_no_truncate ON investors_mandateversion;
DROP TRIGGER investors_mandate_version_no_change ON investors_mandateversion;
DROP FUNCTION investors_mandate_version_refuse();
"""


def begin(apps, schema_editor):
    Mandate = apps.get_model("investors", "Mandate")
    MandateVersion = apps.get_model("investors", "MandateVersion")
    fields = [field for field in Mandate._meta.concrete_fields if field.name not in NO_TERMS]
    made = []
    for mandate in Mandate.objects.order_by("pk").iterator(chunk_size=BATCH):
        terms = {}
        for field in fields:
            value = getattr(mandate, field.attname)
            terms[field.name] = value if value is None or isinstance(value, str | int | list) else str(value)
        changes = [
            {"field": name, "from": None, "to": value} for name, value in terms.items() if value not in (None, "", [])
        ]
        made.append(
            MandateVersion(mandate=mandate, number=mandate.version, terms=terms, changes=changes, actor="system")
        )
        if len(made) == BATCH:
            MandateVersion.objects.bulk_create(made)
            made = []
    MandateVersion.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("investors", "0003_mandates")]

    operations = [
        # First: a table with rows that wait for their constraints takes no trigger.
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RunPython(begin, migrations.RunPython.noop, elidable=True),
    ]
