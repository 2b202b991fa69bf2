"""Attestations are only marked, never changed, and who belongs to a firm judges none of its attestors' addresses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION startups_attestation_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'attestations are never removed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.id, NEW.event_id, NEW.address_id, NEW.request_id, NEW.role, NEW.token, NEW.verdict, NEW.attested_on,
        NEW.reason, NEW.given_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.event_id, OLD.address_id, OLD.request_id, OLD.role, OLD.token, OLD.verdict, OLD.attested_on,
        OLD.reason, OLD.given_by_id)
    THEN
        RAISE EXCEPTION 'attestations are never changed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL AND (NEW.withdrawn_at, NEW.withdrawn_by_id, NEW.withdrawn_reason)
        IS DISTINCT FROM (OLD.withdrawn_at, OLD.withdrawn_by_id, OLD.withdrawn_reason)
    THEN
        RAISE EXCEPTION 'what was withdrawn stays withdrawn' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.counts IS DISTINCT FROM OLD.counts AND OLD.address_id IS NULL THEN
        RAISE EXCEPTION 'the word of an organisation counts' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER startups_attestation_kept BEFORE UPDATE OR DELETE ON startups_attestation
    FOR EACH ROW EXECUTE FUNCTION startups_attestation_keep();
CREATE TRIGGER startups_attestoraddress_officer_is_free
    BEFORE INSERT OR UPDATE OF decided_by_id ON startups_attestoraddress
    FOR EACH ROW EXECUTE FUNCTION compliance_officer_is_free('decided_by_id', 'own');
"""

BACKWARD = """
DROP TRIGGER startups_attestoraddress_officer_is_free ON startups_attestoraddress;
DROP TRIGGER startups_attestation_kept ON startups_attestation;
DROP FUNCTION startups_attestation_keep();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("startups", "0004_facts_by_hand"),
        ("compliance", "0004_officers_by_hand"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
