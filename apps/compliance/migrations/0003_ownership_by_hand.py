"""Gives every organisation its party, and brings the statements that were put aside to the table between parties."""

from django.db import migrations

PARTIES = """
    INSERT INTO compliance_party
        (id, organisation_id, kind, entity_type, legal_name, native_name, country, nationalities, birth_date,
         identifiers, unknown_reason)
    SELECT id, id, 'entity', '', '', '', '', '{}', '', '[]', '' FROM organisations_organisation
"""
# An owner that is no organisation here becomes a party of its own, which bears the id of its statement.
OWNERS = """
    INSERT INTO compliance_party
        (id, kind, entity_type, legal_name, native_name, country, nationalities, birth_date, identifiers,
         unknown_reason, stated_by_id)
    SELECT id, owner_kind, '', owner_name, '', country, '{}', '', '[]', '', owned_id
    FROM compliance_ownership_kept WHERE owner_id IS NULL
"""
# They all came with an operator's import, which is nobody's own word.
STATEMENTS = """
    INSERT INTO compliance_ownershipstatement
        (id, owned_id, owner_id, interest, directness, share_min, share_max, from_date, to_date, details)
    SELECT id, owned_id, COALESCE(owner_id, id),
        CASE WHEN interest IN ('', 'shareholding', 'shares') THEN 'shareholding'
             WHEN interest IN ('voting_rights', 'votes') THEN 'voting_rights'
             ELSE 'unknown_interest' END,
        'direct', share_min, share_max, from_date,
        CASE WHEN to_date < from_date THEN NULL ELSE to_date + 1 END,
        CASE WHEN interest IN ('', 'shareholding', 'shares', 'voting_rights', 'votes') THEN '' ELSE interest END
    FROM compliance_ownership_kept;
    DROP TABLE compliance_ownership_kept;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_compliance"),
    ]

    operations = [
        migrations.RunSQL(PARTIES, migrations.RunSQL.noop),
        migrations.RunSQL(OWNERS, migrations.RunSQL.noop),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
