import datetime
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.lookups
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("documents", "0001_initial"),
        ("organisations", "0003_name_keys"),
        ("reference", "0002_editions"),
        ("startups", "0002_disclosure"),
    ]

    operations = [
        migrations.CreateModel(
            name="AttestorAddress",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("domain", models.CharField(blank=True, max_length=253)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("unit", "Unit"),
                            ("test_range", "Test Range"),
                            ("customer", "Customer"),
                            ("authority", "Authority"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("vouched", "Vouched"), ("refused", "Refused")],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("first_asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=2000)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestor_addresses",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["status", "id"], name="attestor_address_queue")],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "digest", "role"), name="attestor_address_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["unit", "test_range", "customer", "authority"])),
                        name="attestor_address_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["waiting", "vouched", "refused"])),
                        name="attestor_address_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "waiting"),
                            models.Q(("decided_at__isnull", False), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="attestor_address_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttestorSeat",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=13, unique=True)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("unit", "Unit"),
                            ("test_range", "Test Range"),
                            ("customer", "Customer"),
                            ("authority", "Authority"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sealed_address", models.CharField(max_length=600, null=True)),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("disabled_at", models.DateTimeField(null=True)),
                (
                    "opened_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestor_seats",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "id"], name="attestor_seat_organisation")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["unit", "test_range", "customer", "authority"])),
                        name="attestor_seat_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[0123456789ABCDEFGHJKMNPQRSTVWXY]{13}$")),
                        name="attestor_seat_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("disabled_at__isnull", True), ("sealed_address__isnull", True), _connector="OR"
                        ),
                        name="attestor_seat_disabled_unaddressed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttestationRequest",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("unit", "Unit"),
                            ("test_range", "Test Range"),
                            ("customer", "Customer"),
                            ("authority", "Authority"),
                        ],
                        max_length=10,
                    ),
                ),
                ("shows_name", models.BooleanField(default=False)),
                ("sealed_address", models.CharField(max_length=600, null=True)),
                ("token_hash", models.CharField(max_length=64, null=True, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("decided", "Decided"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("expires_at", models.DateTimeField()),
                ("mailed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("receipt_at", models.DateTimeField(null=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestation_requests",
                        to="startups.developmentevent",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "address",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="startups.attestoraddress",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="requests",
                        to="startups.attestorseat",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["seat", "id"], name="attestation_request_inbox"),
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["expires_at"],
                        name="attestation_request_expiring",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("sealed_address__isnull", False), models.Q(("status", "open"), _negated=True)
                        ),
                        fields=["id"],
                        name="attestation_request_sealed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["unit", "test_range", "customer", "authority"])),
                        name="attestation_request_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "decided", "cancelled", "expired"])),
                        name="attestation_request_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("address__isnull", True), ("sealed_address__isnull", True), ("seat__isnull", False)
                            ),
                            models.Q(("address__isnull", False), ("seat__isnull", True)),
                            _connector="OR",
                        ),
                        name="attestation_request_addressee",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token_hash__isnull", True), ("status", "open"), _connector="OR"),
                        name="attestation_request_open_linkable",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("event", "seat"),
                        name="attestation_request_seat_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "open")),
                        fields=("event", "address"),
                        name="attestation_request_address_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttestorAdmission",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("shows_name", models.BooleanField(default=False)),
                ("admitted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "admitted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestor_admissions",
                        to="startups.capability",
                    ),
                ),
                (
                    "seat",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="admissions",
                        to="startups.attestorseat",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("capability", "seat"),
                        name="attestor_admission_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CapabilityCodification",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "scheme",
                    models.CharField(
                        choices=[("nsn", "NATO stock number"), ("ua_act", "Ukrainian act of codification")],
                        max_length=6,
                    ),
                ),
                ("number", models.CharField(max_length=60)),
                ("issued_on", models.DateField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="codifications",
                        to="startups.capability",
                    ),
                ),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("capability", "scheme", "number"), name="capability_codification_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scheme__in", ["nsn", "ua_act"])), name="capability_codification_scheme"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scheme", "nsn"), _negated=True),
                            ("number__regex", "^[0-9]{4}-[0-9]{2}-[0-9]{3}-[0-9]{4}$"),
                            _connector="OR",
                        ),
                        name="capability_codification_nsn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("confirmed_at__isnull", True), ("confirmed_by__isnull", True)),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("confirmed_by__isnull", False),
                                ("document__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="capability_codification_confirmed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CapabilityDocument",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("maturity", "Maturity"),
                            ("test_report", "Test Report"),
                            ("certificate", "Certificate"),
                            ("codification", "Codification"),
                            ("export_control", "Export Control"),
                            ("production", "Production"),
                            ("other", "Other"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="capability_documents",
                        to="startups.capability",
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("capability", "document"), name="capability_document_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                [
                                    "maturity",
                                    "test_report",
                                    "certificate",
                                    "codification",
                                    "export_control",
                                    "production",
                                    "other",
                                ],
                            )
                        ),
                        name="capability_document_purpose",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CapabilityStandard",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("designation", models.CharField(max_length=80)),
                ("part", models.CharField(blank=True, help_text="part or level", max_length=40)),
                (
                    "basis",
                    models.CharField(
                        choices=[("claimed", "by the firm itself"), ("certified", "by a certificate that is attached")],
                        default="claimed",
                        max_length=9,
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="standards", to="startups.capability"
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("capability", "designation", "part"), name="capability_standard_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ["claimed", "certified"])), name="capability_standard_basis"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("basis", "certified"), _negated=True),
                            ("document__isnull", False),
                            _connector="OR",
                        ),
                        name="capability_standard_certified",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventEvidence",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("template", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("number", models.CharField(blank=True, max_length=100)),
                ("issuer", models.CharField(blank=True, max_length=200)),
                ("issued_on", models.DateField(null=True)),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("E0", "self-declared"),
                            ("E1", "document with hash"),
                            ("E2", "attested by a counterparty or unit"),
                            ("E3", "signed by a state or registry"),
                        ],
                        max_length=2,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("stated", "Stated"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="stated",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("attached_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("judged_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=2000)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="startups.developmentevent",
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["status", "id"], name="event_evidence_by_status"),
                    models.Index(fields=["document"], name="event_evidence_by_document"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["stated", "confirmed", "refused", "withdrawn"])),
                        name="event_evidence_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["E0", "E1", "E2", "E3"])), name="event_evidence_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="event_evidence_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["confirmed", "refused"]), _negated=True),
                            models.Q(("judged_at__isnull", False), ("judged_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="event_evidence_judged",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "withdrawn"), _negated=True),
                            ("withdrawn_at__isnull", False),
                            _connector="OR",
                        ),
                        name="event_evidence_withdrawn",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "withdrawn"), _negated=True),
                        fields=("event", "document", "sha256"),
                        name="event_evidence_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("tier", models.PositiveSmallIntegerField()),
                ("english", django.contrib.postgres.search.SearchVectorField()),
                ("ukrainian", django.contrib.postgres.search.SearchVectorField()),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="search_texts",
                        to="startups.capability",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["english"], name="search_text_english"),
                    django.contrib.postgres.indexes.GinIndex(fields=["ukrainian"], name="search_text_ukrainian"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("capability", "tier"), name="search_text_once"),
                    models.CheckConstraint(condition=models.Q(("tier__in", [1, 2])), name="search_text_tier"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfAttestation",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "tie",
                    models.CharField(
                        choices=[
                            ("itself", "the firm itself"),
                            ("members", "the same people"),
                            ("ownership", "owned by the other or by the same"),
                        ],
                        max_length=9,
                    ),
                ),
                ("attempted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "attempted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "attestor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="startups.capability"
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="startups.developmentevent",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="self_attestations",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "id"], name="self_attestation_by_firm")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("tie__in", ["itself", "members", "ownership"])), name="self_attestation_tie"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpeedFlag",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("burst", "many answers within hours, far above the firm's own rate"),
                            ("self_answered", "a countermeasure observed and answered by the same side within hours"),
                            ("back_dated", "durations made of events that were recorded late in one sitting"),
                        ],
                        max_length=13,
                    ),
                ),
                ("events", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("details", models.JSONField(default=dict)),
                ("sha256", models.CharField(max_length=64)),
                ("found_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "verdict",
                    models.CharField(
                        blank=True, choices=[("explained", "Explained"), ("confirmed", "Confirmed")], max_length=9
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=2000)),
                ("judged_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "capability",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speed_flags",
                        to="startups.capability",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="speed_flags", to="startups.firm"
                    ),
                ),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "sha256"), name="speed_flag_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["burst", "self_answered", "back_dated"])),
                        name="speed_flag_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verdict", ""), ("verdict__in", ["explained", "confirmed"]), _connector="OR"
                        ),
                        name="speed_flag_verdict",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("judged_at", None), ("verdict", "")),
                            models.Q(models.Q(("verdict", ""), _negated=True), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="speed_flag_judged",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpeedProfile",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("area", models.CharField(max_length=60)),
                ("as_of", models.DateField()),
                ("computed_at", models.DateTimeField()),
                ("figures", models.JSONField(default=dict)),
                ("model", models.CharField(max_length=60)),
                ("model_sha256", models.CharField(max_length=64)),
                ("taxonomy", models.CharField(max_length=60)),
                ("taxonomy_sha256", models.CharField(max_length=64)),
                ("log_sha256", models.CharField(max_length=64)),
                ("history_to", models.DateField()),
                (
                    "adaptation_days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.fields.json.KeyTextTransform(
                                "days", django.db.models.fields.json.KeyTransform("adaptation", "figures")
                            ),
                            models.FloatField(),
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "cadence_days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.fields.json.KeyTextTransform(
                                "days", django.db.models.fields.json.KeyTransform("cadence", "figures")
                            ),
                            models.FloatField(),
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "feedback_days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.fields.json.KeyTextTransform(
                                "days", django.db.models.fields.json.KeyTransform("feedback", "figures")
                            ),
                            models.FloatField(),
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "delivery_days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.fields.json.KeyTextTransform(
                                "days", django.db.models.fields.json.KeyTransform("delivery", "figures")
                            ),
                            models.FloatField(),
                        ),
                        output_field=models.FloatField(),
                    ),
                ),
                (
                    "capability",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speed",
                        to="startups.capability",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="speed_profiles", to="startups.firm"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["area"], name="speed_profile_area", opclasses=["varchar_pattern_ops"])
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("capability__isnull", True)),
                        fields=("firm",),
                        name="speed_profile_of_firm_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SpeedPoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("month_end", models.DateField()),
                ("figures", models.JSONField(default=dict)),
                (
                    "profile",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="points", to="startups.speedprofile"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("profile", "month_end"), name="speed_point_once")],
            },
        ),
        migrations.CreateModel(
            name="StartDraft",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200, null=True)),
                (
                    "maturity",
                    models.CharField(
                        choices=[
                            ("concept", "Concept"),
                            ("prototype", "Prototype"),
                            ("tested", "Tested"),
                            ("codified", "Codified"),
                            ("fielded", "Fielded"),
                            ("serial", "Serial"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("trl", models.PositiveSmallIntegerField(null=True)),
                ("staff", models.PositiveIntegerField(null=True)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.CharField(max_length=3, null=True)),
                (
                    "instruments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("equity", "Equity"),
                                ("convertible", "Convertible"),
                                ("loan", "Loan"),
                                ("bond", "Bond"),
                                ("venture_debt", "Venture Debt"),
                                ("guarantee", "Guarantee"),
                                ("grant", "Grant"),
                            ],
                            max_length=12,
                        ),
                        null=True,
                        size=None,
                    ),
                ),
                ("stage", models.CharField(max_length=40, null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.capabilityarea",
                    ),
                ),
                (
                    "firm",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="start", to="startups.firm"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("maturity__isnull", True),
                            ("maturity__in", ["concept", "prototype", "tested", "codified", "fielded", "serial"]),
                            _connector="OR",
                        ),
                        name="start_maturity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trl__isnull", True), models.Q(("trl__gte", 1), ("trl__lte", 9)), _connector="OR"
                        ),
                        name="start_trl",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount__isnull", True), ("currency__isnull", True)),
                            models.Q(("amount__gt", 0), ("currency__isnull", False)),
                            _connector="OR",
                        ),
                        name="start_amount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackerEndpoint",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80)),
                ("sealed_secret", models.TextField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("rotated_at", models.DateTimeField(null=True)),
                ("received_at", models.DateTimeField(null=True)),
                ("disabled_at", models.DateTimeField(null=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="trackers", to="startups.firm"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="tracker_endpoint_named"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackerDelivery",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("webhook_id", models.CharField(max_length=200)),
                ("body_sha256", models.CharField(max_length=64)),
                ("answer", models.JSONField()),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="received",
                        to="startups.trackerendpoint",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "webhook_id"), name="tracker_delivery_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TrackerProject",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=100)),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="startups.capability"
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="projects",
                        to="startups.trackerendpoint",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("endpoint", "key"), name="tracker_project_once")],
            },
        ),
        migrations.CreateModel(
            name="TrackerReference",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="references",
                        to="startups.trackerendpoint",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tracked",
                        to="startups.developmentevent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("endpoint", "reference"), name="tracker_reference_once")
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="attestation",
            name="attestation_once",
        ),
        migrations.RemoveConstraint(
            model_name="attestation",
            name="attestation_verdict",
        ),
        migrations.AddField(
            model_name="attestation",
            name="counts",
            field=models.BooleanField(db_default=True),
        ),
        migrations.AddField(
            model_name="attestation",
            name="given_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="reason",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="attestation",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("unit", "Unit"),
                    ("test_range", "Test Range"),
                    ("customer", "Customer"),
                    ("authority", "Authority"),
                ],
                db_default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="token",
            field=models.CharField(blank=True, db_default="", max_length=13),
        ),
        migrations.AddField(
            model_name="attestation",
            name="withdraw_hash",
            field=models.CharField(max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name="attestation",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="attestation",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="withdrawn_reason",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="capability",
            name="confirmed_export_class",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="capability",
            name="description_uk",
            field=models.TextField(blank=True, max_length=5000),
        ),
        migrations.AddField(
            model_name="capability",
            name="export_class_confirmed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="capability",
            name="export_class_confirmed_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="capability",
            name="export_class_reason",
            field=models.CharField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="capability",
            name="former_area",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="code of the area that was split, until the firm chooses among its parts",
                max_length=60,
            ),
        ),
        migrations.AddField(
            model_name="capability",
            name="given_tier",
            field=models.CharField(
                blank=True,
                choices=[
                    ("E0", "self-declared"),
                    ("E1", "document with hash"),
                    ("E2", "attested by a counterparty or unit"),
                    ("E3", "signed by a state or registry"),
                ],
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="capability",
            name="title_uk",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="financials",
            name="document",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
            ),
        ),
        migrations.AddField(
            model_name="raise",
            name="cost_evidence",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
            ),
        ),
        migrations.AddField(
            model_name="developmentevent",
            name="source",
            field=models.CharField(
                choices=[
                    ("api", "stated by the firm"),
                    ("import", "Import"),
                    ("tracker", "sent by the firm's tracker"),
                    ("attestor", "stated by an attestor"),
                ],
                db_default="api",
                default="api",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="financials",
            name="cash_months",
            field=models.DecimalField(decimal_places=1, help_text="that the cash lasts", max_digits=5, null=True),
        ),
        migrations.AddField(
            model_name="financials",
            name="headcount",
            field=models.PositiveIntegerField(help_text="at the end of the year", null=True),
        ),
        migrations.AddField(
            model_name="financials",
            name="order_book_customers",
            field=models.JSONField(help_text="share of the order book by class of customer", null=True),
        ),
        migrations.AddField(
            model_name="firm",
            name="summary_uk",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="raise",
            name="blocked_organisations",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="raise",
            name="proceeds",
            field=models.JSONField(db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="raise",
            name="round",
            field=models.UUIDField(
                db_default=django.contrib.postgres.functions.RandomUUID(), default=kernel.ids.uuid7, editable=False
            ),
        ),
        migrations.AddField(
            model_name="raise",
            name="subsidised_loans",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="attestation",
            name="attestor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attestations",
                to="organisations.organisation",
            ),
        ),
        migrations.AlterField(
            model_name="attestation",
            name="verdict",
            field=models.CharField(
                choices=[("confirmed", "Confirmed"), ("refused", "Refused"), ("amended", "Amended")], max_length=9
            ),
        ),
        migrations.AddIndex(
            model_name="raise",
            index=models.Index(fields=["round"], name="raise_by_round"),
        ),
        migrations.AddConstraint(
            model_name="capability",
            constraint=models.CheckConstraint(
                condition=models.Q(("given_tier", ""), ("given_tier__in", ["E0", "E1", "E2", "E3"]), _connector="OR"),
                name="capability_given_tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="capability",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("confirmed_export_class", ""),
                        ("export_class_confirmed_at__isnull", True),
                        ("export_class_confirmed_by__isnull", True),
                    ),
                    models.Q(
                        ("export_class_confirmed_at__isnull", False),
                        ("export_class_confirmed_by__isnull", False),
                        models.Q(("confirmed_export_class", ""), _negated=True),
                        models.Q(("export_class", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="capability_export_class_confirmed",
            ),
        ),
        migrations.AddConstraint(
            model_name="developmentevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("source__in", ["api", "import", "tracker", "attestor"])),
                name="development_event_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="financials",
            constraint=models.CheckConstraint(
                condition=models.Q(("cash_months__isnull", True), ("cash_months__gte", 0), _connector="OR"),
                name="financials_cash_months",
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attestations",
                to="startups.attestationrequest",
            ),
        ),
        migrations.AddField(
            model_name="attestation",
            name="address",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attestations",
                to="startups.attestoraddress",
            ),
        ),
        migrations.AddIndex(
            model_name="attestation",
            index=models.Index(fields=["attestor", "id"], name="attestation_given"),
        ),
        migrations.AddIndex(
            model_name="attestation",
            index=models.Index(fields=["address"], name="attestation_by_address"),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("event", "attestor", "token"),
                name="attestation_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at__isnull", True)),
                fields=("event", "address"),
                name="attestation_address_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["confirmed", "refused", "amended"])), name="attestation_verdict"
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role", ""), ("role__in", ["unit", "test_range", "customer", "authority"]), _connector="OR"
                ),
                name="attestation_role",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address__isnull", True), ("attestor__isnull", False)),
                    models.Q(("address__isnull", False), ("attestor__isnull", True), ("token", "")),
                    _connector="OR",
                ),
                name="attestation_by_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="attestation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at__isnull", True), models.Q(("withdrawn_reason", ""), _negated=True), _connector="OR"
                ),
                name="attestation_withdrawn_why",
            ),
        ),
        migrations.AddField(
            model_name="developmentevent",
            name="is_late",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        django.db.models.lookups.GreaterThan(
                            django.db.models.expressions.CombinedExpression(
                                models.F("recorded_at"), "-", models.F("occurred_at")
                            ),
                            models.Value(datetime.timedelta(days=90)),
                        ),
                        then=models.Value(value=True),
                    ),
                    default=models.Value(value=False),
                ),
                output_field=models.BooleanField(),
            ),
        ),
    ]
