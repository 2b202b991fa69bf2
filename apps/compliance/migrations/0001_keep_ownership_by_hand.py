"""Puts the flat statements of ownership aside, so that their table can become one between parties."""

from django.db import migrations

KEEP = """
    CREATE TABLE compliance_ownership_kept AS SELECT * FROM compliance_ownershipstatement;
    DELETE FROM compliance_ownershipstatement;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0001_initial"),
    ]
    run_before = [
        ("compliance", "0002_compliance"),
    ]

    operations = [
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
