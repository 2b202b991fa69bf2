"""Listings bear the numbers of the values that they are counted by; the database keeps them with every write."""

import django.contrib.postgres.fields
from django.db import migrations, models

COLUMNS = (
    *("areas", "instruments", "seeks", "kind", "country", "trl", "maturity", "tier", "capital_class", "stage"),
    *("amount_band", "share_eu", "share_eu_eea", "share_eu_eea_ua", "iteration_band"),
)
LISTS = ("areas", "instruments", "seeks")
SAID = ", ".join(
    f"({place}, '{name}', ($1).{name}::varchar[])"
    if name in LISTS
    else f"({place}, '{name}', array_remove(ARRAY[nullif(($1).{name}::varchar, '')], NULL))"
    for place, name in enumerate(COLUMNS)
)
KNOWN = 'startups_listingvalue known WHERE known."column" = said.name AND known.value = said.value'

FORWARD = f"""
CREATE FUNCTION startups_listing_codes(startups_listing) RETURNS bytea LANGUAGE plpgsql AS $$
DECLARE
    codes bytea;
    are_known boolean;
BEGIN
    FOR turn IN 1..2 LOOP
        SELECT string_agg(int4send(coalesce(number, 0)), '' ORDER BY place), bool_and(number IS NOT NULL OR value = '{{}}')
        INTO codes, are_known
        FROM (SELECT place, value, (SELECT id FROM {KNOWN}) AS number
            FROM (VALUES {SAID}) AS said (place, name, value)) AS numbered;
        EXIT WHEN are_known;
        INSERT INTO startups_listingvalue ("column", value)
        SELECT name, value FROM (VALUES {SAID}) AS said (place, name, value)
        WHERE value <> '{{}}' AND NOT EXISTS (SELECT FROM {KNOWN})
        ORDER BY name, value ON CONFLICT DO NOTHING;
    END LOOP;
    RETURN codes;
END $$;
CREATE FUNCTION startups_listing_codes_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.codes := startups_listing_codes(NEW);
    RETURN NEW;
END $$;
-- A new type, though the same, writes the table anew: many times as fast as an update, and nothing is left behind.
ALTER TABLE startups_listing ALTER COLUMN codes TYPE bytea USING startups_listing_codes(startups_listing);
CREATE TRIGGER startups_listing_codes BEFORE INSERT OR UPDATE OF {", ".join(COLUMNS)} ON startups_listing
    FOR EACH ROW EXECUTE FUNCTION startups_listing_codes_keep();
"""  # noqa: S608 - our own names

BACKWARD = """
DROP TRIGGER startups_listing_codes ON startups_listing;
DROP FUNCTION startups_listing_codes_keep();
DROP FUNCTION startups_listing_codes(startups_listing);
"""


class Migration(migrations.Migration):
    dependencies = [("startups", "0006_listings")]

    operations = [
        migrations.CreateModel(
            name="ListingValue",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("column", models.CharField(max_length=20)),
                (
                    "value",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("column", "value"), name="listing_value_once"),
                    models.CheckConstraint(condition=models.Q(("column__in", COLUMNS)), name="listing_value_column"),
                ]
            },
        ),
        migrations.AddField(
            model_name="listing", name="codes", field=models.BinaryField(db_default=b"", editable=False)
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
