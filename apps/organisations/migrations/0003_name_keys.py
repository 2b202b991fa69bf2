"""Gives the organisations that are there already the key by which names are compared."""

from django.db import migrations

from apps.organisations.rules import name_key

BATCH = 1000


def fill(apps, _schema_editor) -> None:
    organisations = apps.get_model("organisations", "Organisation").objects
    batch = []
    for row in organisations.filter(name_key="").only("id", "legal_name", "legal_name_uk").iterator(BATCH):
        row.name_key = name_key(legal_name=row.legal_name, legal_name_uk=row.legal_name_uk)
        batch.append(row)
    organisations.bulk_update(batch, ["name_key"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0002_disclosure"),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
