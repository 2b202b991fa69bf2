import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("compliance", "0001_initial"),
        ("documents", "0001_initial"),
        ("kernel", "0003_event_trail"),
        ("organisations", "0003_name_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclaredInterest",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("reason", models.CharField(max_length=500)),
                ("declared_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("until", models.DateField(null=True)),
                (
                    "operator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "organisation"], name="interest_by_user")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("reason", ""), _negated=True), name="interest_reason")
                ],
            },
        ),
        migrations.CreateModel(
            name="Party",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("entity", "Entity"), ("unknown", "declared to be unknown")],
                        max_length=7,
                    ),
                ),
                (
                    "entity_type",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("registered_entity", "Registered Entity"),
                            ("legal_entity", "Legal Entity"),
                            ("arrangement", "Arrangement"),
                            ("anonymous_entity", "Anonymous Entity"),
                            ("unknown_entity", "Unknown Entity"),
                            ("state", "State"),
                            ("state_body", "State Body"),
                        ],
                        max_length=20,
                    ),
                ),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("native_name", models.CharField(blank=True, max_length=200)),
                ("country", models.CharField(blank=True, max_length=2)),
                (
                    "nationalities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("birth_date", models.CharField(blank=True, max_length=10)),
                ("registered_on", models.DateField(null=True)),
                ("identifiers", models.JSONField(default=list)),
                (
                    "unknown_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("no_beneficial_owners", "No Beneficial Owners"),
                            ("subject_unable_to_confirm_or_identify_beneficial_owner", "Subject Unable"),
                            ("interested_party_has_not_provided_information", "Not Provided"),
                            ("subject_exempt_from_disclosure", "Subject Exempt"),
                            ("interested_party_exempt_from_disclosure", "Interested Party Exempt"),
                            ("unknown", "Unknown"),
                            ("information_unknown_to_publisher", "Unknown To Publisher"),
                        ],
                        max_length=60,
                    ),
                ),
                ("stated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="party",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "stated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stated_parties",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "entity", "unknown"])), name="party_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "entity_type__in",
                                [
                                    "",
                                    "registered_entity",
                                    "legal_entity",
                                    "arrangement",
                                    "anonymous_entity",
                                    "unknown_entity",
                                    "state",
                                    "state_body",
                                ],
                            )
                        ),
                        name="party_entity_type",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation", None),
                            models.Q(("kind", "entity"), ("legal_name", ""), ("organisation", models.F("id"))),
                            _connector="OR",
                        ),
                        name="party_of_organisation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("organisation__isnull", False),
                            ("kind", "unknown"),
                            models.Q(("legal_name", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="party_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unknown_reason", ""),
                            models.Q(
                                ("kind", "unknown"),
                                (
                                    "unknown_reason__in",
                                    [
                                        "no_beneficial_owners",
                                        "subject_unable_to_confirm_or_identify_beneficial_owner",
                                        "interested_party_has_not_provided_information",
                                        "subject_exempt_from_disclosure",
                                        "interested_party_exempt_from_disclosure",
                                        "unknown",
                                        "information_unknown_to_publisher",
                                    ],
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="party_unknown_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^([A-Z]{2})?$")), name="party_country"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("birth_date__regex", "^([0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?$")
                        ),
                        name="party_birth_date",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Permit",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("negotiation", "Negotiation"),
                            ("technology_transfer", "Technology Transfer"),
                            ("export", "Export"),
                        ],
                        max_length=19,
                    ),
                ),
                ("issuer", models.CharField(max_length=200)),
                ("issuer_country", models.CharField(max_length=2)),
                ("number", models.CharField(max_length=100)),
                (
                    "export_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "capability_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "document_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "recipient_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "recipient_countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("recorded", "Recorded"),
                            ("confirmed", "Confirmed"),
                            ("refused", "Refused"),
                            ("revoked", "Revoked"),
                        ],
                        default="recorded",
                        max_length=9,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=2000)),
                ("revoked_at", models.DateTimeField(null=True)),
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
                    "evidence",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="documents.document",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="permits",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "recorded_by",
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
                    models.Index(fields=["organisation", "kind", "status"], name="permit_by_holder"),
                    models.Index(fields=["status", "id"], name="permit_by_status"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["negotiation", "technology_transfer", "export"])),
                        name="permit_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["recorded", "confirmed", "refused", "revoked"])),
                        name="permit_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_to__gte", models.F("valid_from"))), name="permit_dates"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("export_codes__len__gt", 0),
                            ("capability_ids__len__gt", 0),
                            ("document_ids__len__gt", 0),
                            _connector="OR",
                        ),
                        name="permit_has_items",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recipient_ids__len__gt", 0), ("recipient_countries__len__gt", 0), _connector="OR"
                        ),
                        name="permit_has_recipients",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("recorded_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="permit_two_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["recorded", "confirmed"])),
                        fields=("organisation", "kind", "issuer_country", "number"),
                        name="permit_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningDue",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("list_changed", "List Changed"),
                            ("subject_changed", "Subject Changed"),
                            ("yearly", "Yearly"),
                        ],
                        max_length=16,
                    ),
                ),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="kernel.job"
                    ),
                ),
                (
                    "screened",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["requested", "list_changed", "subject_changed", "yearly"])),
                        name="screening_due_cause",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningRun",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("list_changed", "List Changed"),
                            ("subject_changed", "Subject Changed"),
                            ("yearly", "Yearly"),
                        ],
                        max_length=16,
                    ),
                ),
                ("asked_by", models.CharField(max_length=60)),
                ("algorithm", models.CharField(max_length=40)),
                ("algorithm_version", models.CharField(max_length=20)),
                ("threshold", models.FloatField()),
                ("lists", models.JSONField(default=list)),
                ("gaps", models.JSONField(default=list)),
                ("query", models.JSONField(default=list)),
                ("candidates", models.JSONField(default=dict)),
                ("candidate_count", models.PositiveIntegerField(default=0)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("clear", "Clear"),
                            ("review", "somebody has to look"),
                            ("hit", "a confirmed hit"),
                            ("unknown", "not screened against any list"),
                        ],
                        max_length=8,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="kernel.job"
                    ),
                ),
                (
                    "screened",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="screening_runs",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["screened", "id"], name="screening_run_screened")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["clear", "review", "hit", "unknown"])),
                        name="screening_run_result",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["requested", "list_changed", "subject_changed", "yearly"])),
                        name="screening_run_cause",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScreeningSubject",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("organisation", "the organisation itself"),
                            ("member", "an owner or signatory among its members"),
                            ("owner", "a party that owns or controls it"),
                        ],
                        max_length=12,
                    ),
                ),
                ("party_id", models.UUIDField()),
                ("kind", models.CharField(choices=[("person", "Person"), ("entity", "Entity")], max_length=6)),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=400), default=list, size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("date", models.CharField(blank=True, max_length=10)),
                ("identifiers", models.JSONField(default=list)),
                ("digest", models.CharField(max_length=64)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("is_current", models.BooleanField(default=True)),
                ("changed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "screened",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screening_subjects",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("is_current", True)), fields=["keys"], name="screening_subject_keys"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("screened", "role", "party_id"), name="screening_subject_once"),
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["organisation", "member", "owner"])),
                        name="screening_subject_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "entity"])), name="screening_subject_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VerificationCase",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("initial", "Initial"),
                            ("yearly", "Yearly"),
                            ("ownership_changed", "Ownership Changed"),
                            ("data_changed", "Data Changed"),
                            ("imported", "an operator's import took the place of a review"),
                        ],
                        default="initial",
                        max_length=17,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Submitted"),
                            ("in_review", "In Review"),
                            ("info_requested", "Info Requested"),
                            ("verified", "Verified"),
                            ("refused", "Refused"),
                            ("suspended", "Suspended"),
                        ],
                        default="draft",
                        max_length=14,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("checklist", models.CharField(max_length=40)),
                ("is_standing", models.BooleanField(default=False)),
                ("opened_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("submitted_at", models.DateTimeField(null=True)),
                ("taken_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=2000)),
                ("remedy", models.CharField(blank=True, max_length=2000)),
                ("ownership_note", models.CharField(blank=True, max_length=2000)),
                (
                    "suspension_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("decision", "an officer decided it"),
                            ("hit", "a person confirmed a watch-list's entry"),
                            ("overdue", "the organisation let a date pass"),
                            ("refused", "the verification was not renewed"),
                        ],
                        max_length=8,
                    ),
                ),
                ("suspension_reason", models.CharField(blank=True, max_length=2000)),
                ("suspended_at", models.DateTimeField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("next_due_on", models.DateField(null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
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
                    "officer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        related_name="verification_cases",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "submitted_by",
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
                    models.Index(fields=["status", "id"], name="case_by_status"),
                    models.Index(
                        condition=models.Q(("status__in", ("draft", "submitted", "in_review", "info_requested"))),
                        fields=["due_on"],
                        name="case_by_due",
                    ),
                    models.Index(
                        condition=models.Q(("is_standing", True)), fields=["next_due_on"], name="case_by_next_due"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "draft",
                                    "submitted",
                                    "in_review",
                                    "info_requested",
                                    "verified",
                                    "refused",
                                    "suspended",
                                ],
                            )
                        ),
                        name="case_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cause__in", ["initial", "yearly", "ownership_changed", "data_changed", "imported"])
                        ),
                        name="case_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("suspension_cause__in", ["", "decision", "hit", "overdue", "refused"])),
                        name="case_suspension_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            ("submitted_by__isnull", True),
                            models.Q(("decided_by", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="case_decider_did_not_submit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("officer__isnull", True),
                            ("submitted_by__isnull", True),
                            models.Q(("officer", models.F("submitted_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="case_officer_did_not_submit",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_standing", False), ("status__in", ["verified", "suspended"]), _connector="OR"
                        ),
                        name="case_standing_was_given",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("draft", "submitted", "in_review", "info_requested"))),
                        fields=("organisation",),
                        name="case_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_standing", True)), fields=("organisation",), name="case_one_standing"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WatchList",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("publisher", models.CharField(max_length=200)),
                ("source_url", models.URLField(max_length=500)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("eu-fsf", "EU consolidated financial sanctions, XML 1.1"),
                            ("un-sc", "UN Security Council consolidated list, XML"),
                            ("ofac-sdn", "OFAC specially designated nationals, standard XML"),
                            ("uk-sanctions", "UK Sanctions List, CSV"),
                            ("ua-nsdc", "Ukrainian State Register of Sanctions, JSON"),
                            ("ftm", "FollowTheMoney entities, JSON Lines"),
                        ],
                        max_length=20,
                    ),
                ),
                ("expected_days", models.PositiveSmallIntegerField()),
                ("is_expected", models.BooleanField(default=True, help_text="whether its absence or age is a fault")),
                ("source_date", models.DateField(help_text="when the address and the format were last looked up")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("format__in", ["eu-fsf", "un-sc", "ofac-sdn", "uk-sanctions", "ua-nsdc", "ftm"])
                        ),
                        name="watch_list_format",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseItem",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("code", models.CharField(max_length=40)),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "need",
                    models.CharField(
                        choices=[
                            ("document", "a document of the organisation"),
                            ("statement", "a statement by the organisation"),
                            ("officer", "the officer's own finding"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("provided", "Provided"),
                            ("accepted", "Accepted"),
                            ("rejected", "Rejected"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("statement", models.CharField(blank=True, max_length=2000)),
                ("provided_at", models.DateTimeField(null=True)),
                ("note", models.CharField(blank=True, max_length=2000)),
                ("judged_at", models.DateTimeField(null=True)),
                (
                    "judged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="compliance.verificationcase",
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "code"), name="case_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("need__in", ["document", "statement", "officer"])), name="case_item_need"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "provided", "accepted", "rejected"])),
                        name="case_item_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "rejected"]), _negated=True),
                            ("judged_by__isnull", False),
                            _connector="OR",
                        ),
                        name="case_item_judged",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "rejected"), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="case_item_rejected_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseNote",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("text", models.CharField(max_length=4000)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="compliance.verificationcase",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="case_note_text")
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupMembership",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("top_company", "Top Company"),
                            ("ip_owner", "owner of the intellectual property"),
                            ("operating_company", "Operating Company"),
                        ],
                        max_length=20,
                    ),
                ),
                ("stated_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_memberships",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_memberships",
                        to="compliance.party",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("role__in", ["top_company", "ip_owner", "operating_company"])),
                        name="group_role",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("organisation", "role"), name="group_role_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InformationRequest",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "Question"),
                            ("refusal_notice", "the case will be refused unless the answer changes that"),
                        ],
                        default="question",
                        max_length=14,
                    ),
                ),
                ("text", models.CharField(max_length=4000)),
                (
                    "item_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("due_on", models.DateField()),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("answer", models.CharField(blank=True, max_length=4000)),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="compliance.verificationcase",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["question", "refusal_notice"])),
                        name="information_request_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True)),
                        fields=("case",),
                        name="information_request_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListVersion",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField(help_text="bytes of the file as it was sent")),
                ("published_on", models.DateField(help_text="as the file or its sender says", null=True)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("loaded_at", models.DateTimeField(null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("waiting", "waits for a confirmation"),
                            ("in_force", "In Force"),
                            ("superseded", "Superseded"),
                            ("refused", "Refused"),
                            ("discarded", "Discarded"),
                        ],
                        default="received",
                        max_length=10,
                    ),
                ),
                ("entries", models.PositiveIntegerField(null=True)),
                ("added", models.PositiveIntegerField(null=True)),
                ("changed", models.PositiveIntegerField(null=True)),
                ("removed", models.PositiveIntegerField(null=True)),
                (
                    "reasons",
                    models.JSONField(default=list, help_text="why it was refused or waits: code and text each"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.job"
                    ),
                ),
                (
                    "watch_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="compliance.watchlist"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["watch_list", "sha256"], name="list_version_by_hash")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["received", "waiting", "in_force", "superseded", "refused", "discarded"])
                        ),
                        name="list_version_status",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("received", "waiting"))),
                        fields=("watch_list",),
                        name="list_version_one_open",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "in_force")),
                        fields=("watch_list",),
                        name="list_version_one_in_force",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseDocument",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("added_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "added_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="documents.document"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_documents",
                        to="compliance.caseitem",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_documents",
                        to="compliance.informationrequest",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="case_documents",
                        to="compliance.verificationcase",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("item__isnull", False)),
                        fields=("item", "document"),
                        name="case_document_once_an_item",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("request__isnull", False)),
                        fields=("request", "document"),
                        name="case_document_once_an_answer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("item__isnull", True), ("request__isnull", False)),
                            models.Q(("item__isnull", False), ("request__isnull", True)),
                            _connector="OR",
                        ),
                        name="case_document_for_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListEntry",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("source_id", models.CharField(max_length=200)),
                (
                    "kind",
                    models.CharField(
                        choices=[("person", "Person"), ("entity", "Entity"), ("vessel", "a ship or an aircraft")],
                        max_length=8,
                    ),
                ),
                ("names", models.JSONField(help_text="texts, the primary one first")),
                (
                    "name_qualities",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=7), help_text="one for each name", size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), size=None),
                ),
                (
                    "birth_dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        help_text="ISO 8601: a year, a month or a day",
                        size=None,
                    ),
                ),
                (
                    "birth_places",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None),
                ),
                (
                    "registration_dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        help_text="ISO 8601: a year, a month or a day",
                        size=None,
                    ),
                ),
                ("identifiers", models.JSONField(help_text="pairs of scheme and value")),
                (
                    "programmes",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), size=None),
                ),
                ("listed_on", models.DateField(null=True)),
                ("remarks", models.CharField(blank=True, max_length=1000)),
                ("url", models.CharField(blank=True, max_length=500)),
                ("digest", models.BinaryField(max_length=16)),
                (
                    "first_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="first_entries",
                        to="compliance.listversion",
                    ),
                ),
                (
                    "removed_version",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="removed_entries",
                        to="compliance.listversion",
                    ),
                ),
                (
                    "watch_list",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="compliance.watchlist",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["watch_list", "source_id"], name="list_entry_by_source"),
                    models.Index(
                        condition=models.Q(("removed_version__isnull", False)),
                        fields=["removed_version"],
                        name="list_entry_removed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["person", "entity", "vessel"])), name="list_entry_kind"
                    ),
                    models.UniqueConstraint(fields=("first_version", "source_id"), name="list_entry_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListFilePart",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "list_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="compliance.listversion",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list_version", "number"), name="list_file_part_once")],
            },
        ),
        migrations.CreateModel(
            name="Hit",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("subject_key", models.CharField(max_length=60)),
                ("subject_digest", models.CharField(max_length=64)),
                ("list_code", models.CharField(max_length=40)),
                ("source_id", models.CharField(max_length=200)),
                ("entry_digest", models.CharField(max_length=32)),
                ("entry_names", models.JSONField(default=list)),
                ("score", models.FloatField()),
                ("features", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("true_match", "True Match"),
                            ("false_positive", "False Positive"),
                            ("superseded", "a later run looked again before anybody decided"),
                        ],
                        default="pending",
                        max_length=14,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
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
                    "recalled",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.hit"
                    ),
                ),
                (
                    "screened",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="compliance.listentry"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="compliance.screeningrun"
                    ),
                ),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hits",
                        to="compliance.screeningsubject",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["status", "id"], name="screening_hit_by_status"),
                    models.Index(fields=["screened", "id"], name="screening_hit_screened"),
                    models.Index(fields=["subject_key", "list_code", "source_id", "id"], name="screening_hit_pair"),
                    models.Index(fields=["entry"], name="screening_hit_entry"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["pending", "true_match", "false_positive", "superseded"])),
                        name="screening_hit_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 1)), name="screening_hit_score"
                    ),
                    models.UniqueConstraint(fields=("run", "subject", "entry"), name="screening_hit_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListDeparture",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="compliance.listentry"
                    ),
                ),
                (
                    "list_version",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="departures",
                        to="compliance.listversion",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list_version", "entry"), name="list_departure_once")],
            },
        ),
        migrations.CreateModel(
            name="ListName",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=500)),
                (
                    "quality",
                    models.CharField(
                        choices=[
                            ("primary", "Primary"),
                            ("alias", "Alias"),
                            ("weak", "an alias that the publisher calls weak"),
                        ],
                        max_length=7,
                    ),
                ),
                ("keys", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="listed_names",
                        to="compliance.listentry",
                    ),
                ),
            ],
            options={
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["keys"], name="list_name_by_key")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quality__in", ["primary", "alias", "weak"])), name="list_name_quality"
                    )
                ],
            },
        ),
        migrations.RemoveConstraint(
            model_name="ownershipstatement",
            name="owner_kind",
        ),
        migrations.RemoveConstraint(
            model_name="ownershipstatement",
            name="owner_share_interval",
        ),
        migrations.RemoveConstraint(
            model_name="ownershipstatement",
            name="owner_not_itself",
        ),
        migrations.RemoveField(
            model_name="ownershipstatement",
            name="country",
        ),
        migrations.RemoveField(
            model_name="ownershipstatement",
            name="owner_kind",
        ),
        migrations.RemoveField(
            model_name="ownershipstatement",
            name="owner_name",
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="details",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="directness",
            field=models.CharField(
                choices=[("direct", "Direct"), ("indirect", "Indirect"), ("unknown", "Unknown")],
                default="direct",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="is_withdrawn",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="retrieved_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="share_max_exclusive",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="share_min_exclusive",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="source_document",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="source_url",
            field=models.CharField(blank=True, db_default="", max_length=500),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="stated_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="stated_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stated_ownership",
                to="organisations.organisation",
            ),
        ),
        migrations.AddField(
            model_name="ownershipstatement",
            name="supersedes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="superseded_by",
                to="compliance.ownershipstatement",
            ),
        ),
        migrations.AlterField(
            model_name="ownershipstatement",
            name="interest",
            field=models.CharField(
                choices=[
                    ("shareholding", "Shareholding"),
                    ("voting_rights", "Voting Rights"),
                    ("appointment_of_board", "Appointment Of Board"),
                    ("other_influence_or_control", "Other Influence Or Control"),
                    ("senior_managing_official", "Senior Managing Official"),
                    ("settlor", "Settlor"),
                    ("trustee", "Trustee"),
                    ("protector", "Protector"),
                    ("beneficiary_of_legal_arrangement", "Beneficiary Of Legal Arrangement"),
                    ("rights_to_surplus_assets_on_dissolution", "Rights To Surplus Assets On Dissolution"),
                    ("rights_to_profit_or_income", "Rights To Profit Or Income"),
                    ("rights_granted_by_contract", "Rights Granted By Contract"),
                    ("conditional_rights_granted_by_contract", "Conditional Rights Granted By Contract"),
                    ("control_via_company_rules_or_articles", "Control Via Company Rules Or Articles"),
                    ("control_by_legal_framework", "Control By Legal Framework"),
                    ("board_member", "Board Member"),
                    ("board_chair", "Board Chair"),
                    ("unknown_interest", "Unknown Interest"),
                    ("unpublished_interest", "Unpublished Interest"),
                    ("enjoyment_and_use_of_assets", "Enjoyment And Use Of Assets"),
                    ("right_to_profit_or_income_from_assets", "Right To Profit Or Income From Assets"),
                ],
                default="shareholding",
                max_length=50,
            ),
        ),
        migrations.AlterField(
            model_name="screening",
            name="basis",
            field=models.CharField(
                choices=[
                    ("run", "a screening against the lists in force"),
                    ("case", "a verification case"),
                    ("import", "an operator's import"),
                ],
                max_length=6,
            ),
        ),
        migrations.AlterField(
            model_name="ownershipstatement",
            name="owned",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="ownership_statements", to="compliance.party"
            ),
        ),
        migrations.AlterField(
            model_name="ownershipstatement",
            name="owner",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="holdings", to="compliance.party"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "interest__in",
                        [
                            "shareholding",
                            "voting_rights",
                            "appointment_of_board",
                            "other_influence_or_control",
                            "senior_managing_official",
                            "settlor",
                            "trustee",
                            "protector",
                            "beneficiary_of_legal_arrangement",
                            "rights_to_surplus_assets_on_dissolution",
                            "rights_to_profit_or_income",
                            "rights_granted_by_contract",
                            "conditional_rights_granted_by_contract",
                            "control_via_company_rules_or_articles",
                            "control_by_legal_framework",
                            "board_member",
                            "board_chair",
                            "unknown_interest",
                            "unpublished_interest",
                            "enjoyment_and_use_of_assets",
                            "right_to_profit_or_income_from_assets",
                        ],
                    )
                ),
                name="ownership_interest",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("directness__in", ["direct", "indirect", "unknown"])), name="ownership_directness"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_min", None),
                    models.Q(("share_min__gte", Decimal("0")), ("share_min__lte", Decimal("1"))),
                    _connector="OR",
                ),
                name="ownership_share_min",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_max", None),
                    models.Q(("share_max__gte", Decimal("0")), ("share_max__lte", Decimal("1"))),
                    _connector="OR",
                ),
                name="ownership_share_max",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("share_min", None),
                    ("share_max", None),
                    ("share_min__lt", models.F("share_max")),
                    models.Q(
                        ("share_max_exclusive", False),
                        ("share_min", models.F("share_max")),
                        ("share_min_exclusive", False),
                    ),
                    _connector="OR",
                ),
                name="ownership_share_interval",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_date", None), ("to_date", None), ("from_date__lte", models.F("to_date")), _connector="OR"
                ),
                name="ownership_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(("owner", models.F("owned")), _negated=True), name="ownership_not_of_itself"
            ),
        ),
        migrations.AddConstraint(
            model_name="ownershipstatement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("supersedes", None), models.Q(("supersedes", models.F("id")), _negated=True), _connector="OR"
                ),
                name="ownership_not_its_own_successor",
            ),
        ),
        migrations.AddField(
            model_name="screening",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="compliance.screeningrun"
            ),
        ),
    ]
