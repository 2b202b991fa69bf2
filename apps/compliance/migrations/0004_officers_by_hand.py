"""Whoever belongs to an organisation, has an interest in it or submitted its case is no officer of it."""

from django.db import migrations

CHECK = """
CREATE FUNCTION compliance_officer_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    person uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    subject uuid;
    submitter uuid;
BEGIN
    IF person IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_ARGV[1] = 'case' THEN
        SELECT organisation_id, submitted_by_id INTO subject, submitter
        FROM compliance_verificationcase WHERE id = (to_jsonb(NEW) ->> 'case_id')::uuid;
    ELSIF TG_ARGV[1] = 'screened' THEN
        -- A run that takes an earlier decision over decides nothing.
        IF (to_jsonb(NEW) ->> 'recalled_id') IS NOT NULL THEN
            RETURN NEW;
        END IF;
        subject := (to_jsonb(NEW) ->> 'screened_id')::uuid;
    ELSE
        subject := (to_jsonb(NEW) ->> 'organisation_id')::uuid;
        submitter := (to_jsonb(NEW) ->> 'submitted_by_id')::uuid;
    END IF;
    IF person = submitter THEN
        RAISE EXCEPTION 'the submitter of a case does not act on it' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM organisations_membership WHERE organisation_id = subject AND user_id = person) THEN
        RAISE EXCEPTION 'a member of the organisation does not act on its case' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (
        SELECT FROM compliance_declaredinterest
        WHERE organisation_id = subject AND user_id = person
            AND (until IS NULL OR until >= (now() AT TIME ZONE 'UTC')::date)
    ) THEN
        RAISE EXCEPTION 'who has an interest in the organisation does not act on its case'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
GUARDED = (
    ("compliance_verificationcase", "officer_id", "own"),
    ("compliance_verificationcase", "decided_by_id", "own"),
    ("compliance_caseitem", "judged_by_id", "case"),
    ("compliance_informationrequest", "asked_by_id", "case"),
    ("compliance_casenote", "author_id", "case"),
    ("compliance_permit", "decided_by_id", "own"),
    ("compliance_hit", "decided_by_id", "screened"),
)
TRIGGERS = "".join(
    f"CREATE TRIGGER {table}_{column}_is_free BEFORE INSERT OR UPDATE OF {column} ON {table} "
    f"FOR EACH ROW EXECUTE FUNCTION compliance_officer_is_free('{column}', '{where}');\n"
    for table, column, where in GUARDED
)
UNDO = "DROP FUNCTION compliance_officer_is_free CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_compliance"),
        ("compliance", "0003_ownership_by_hand"),
    ]

    operations = [
        migrations.RunSQL(CHECK + TRIGGERS, UNDO),
    ]
