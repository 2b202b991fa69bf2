import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
        ("reference", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Firm",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "region",
                    models.CharField(
                        blank=True, help_text="ISO 3166-2; never shown for countries at war", max_length=6
                    ),
                ),
                ("founded_on", models.DateField(null=True)),
                ("staff", models.PositiveIntegerField(null=True)),
                ("summary", models.TextField(blank=True, max_length=2000)),
                (
                    "naming",
                    models.CharField(
                        choices=[("all_verified", "All Verified"), ("accepted", "Accepted"), ("nobody", "Nobody")],
                        default="accepted",
                        max_length=12,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="firm",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("naming__in", ["all_verified", "accepted", "nobody"])), name="firm_naming"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("region", ""), ("region__regex", "^[A-Z]{2}-[A-Z0-9]{1,3}$"), _connector="OR"
                        ),
                        name="firm_region_form",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Capability",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                ("description", models.TextField(blank=True, max_length=5000)),
                ("trl", models.PositiveSmallIntegerField(null=True)),
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
                    ),
                ),
                (
                    "tier",
                    models.CharField(
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
                ("unit_cost", models.DecimalField(decimal_places=2, max_digits=16, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("output_per_month", models.PositiveIntegerField(null=True)),
                ("lead_time_days", models.PositiveIntegerField(null=True)),
                ("export_class", models.CharField(blank=True, max_length=20)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("lethal", "Lethal"),
                                ("lethal_autonomous", "Lethal Autonomous"),
                                ("cluster_munition", "Cluster Munition"),
                                ("dual_use", "Dual Use"),
                            ],
                            max_length=20,
                        ),
                        null=True,
                        size=None,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published"), ("archived", "Archived")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "area",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="capabilities",
                        to="reference.capabilityarea",
                    ),
                ),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="capabilities", to="startups.firm"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "published", "archived"])), name="capability_status"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("maturity__in", ["concept", "prototype", "tested", "codified", "fielded", "serial"])
                        ),
                        name="capability_maturity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier", ""), ("tier__in", ["E0", "E1", "E2", "E3"]), _connector="OR"),
                        name="capability_tier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("trl__isnull", True), models.Q(("trl__gte", 1), ("trl__lte", 9)), _connector="OR"
                        ),
                        name="capability_trl",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("flags__isnull", True),
                            ("flags__contained_by", ["lethal", "lethal_autonomous", "cluster_munition", "dual_use"]),
                            _connector="OR",
                        ),
                        name="capability_flags",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_cost__isnull", True), ("unit_cost__gte", 0), _connector="OR"),
                        name="capability_unit_cost",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("unit_cost__isnull", True), models.Q(("currency", ""), _negated=True), _connector="OR"
                        ),
                        name="capability_cost_currency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DevelopmentEvent",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("feedback_reported", "Feedback Reported"),
                            ("fix_fielded", "Fix Fielded"),
                            ("release_fielded", "Release Fielded"),
                            ("field_test", "Field Test"),
                            ("countermeasure_observed", "Countermeasure Observed"),
                            ("countermeasure_answered", "Countermeasure Answered"),
                            ("order_received", "Order Received"),
                            ("delivery_made", "Delivery Made"),
                        ],
                        max_length=24,
                    ),
                ),
                ("occurred_at", models.DateTimeField()),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("E0", "self-declared"),
                            ("E1", "document with hash"),
                            ("E2", "attested by a counterparty or unit"),
                            ("E3", "signed by a state or registry"),
                        ],
                        default="E0",
                        max_length=2,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("recorded_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "answers",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answered_by",
                        to="startups.developmentevent",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="development_events",
                        to="startups.capability",
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded_by",
                        to="startups.developmentevent",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["capability", "occurred_at"], name="development_event_log")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "feedback_reported",
                                    "fix_fielded",
                                    "release_fielded",
                                    "field_test",
                                    "countermeasure_observed",
                                    "countermeasure_answered",
                                    "order_received",
                                    "delivery_made",
                                ],
                            )
                        ),
                        name="development_event_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["E0", "E1", "E2", "E3"])), name="development_event_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answers__isnull", True),
                                models.Q(("answers", models.F("id")), _negated=True),
                                _connector="OR",
                            ),
                            models.Q(
                                ("supersedes__isnull", True),
                                models.Q(("supersedes", models.F("id")), _negated=True),
                                _connector="OR",
                            ),
                        ),
                        name="development_event_not_itself",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attestation",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "verdict",
                    models.CharField(choices=[("confirmed", "Confirmed"), ("refused", "Refused")], max_length=9),
                ),
                ("attested_on", models.DateField()),
                (
                    "attestor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attestations",
                        to="startups.developmentevent",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("event", "attestor"), name="attestation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["confirmed", "refused"])), name="attestation_verdict"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Financials",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("year", models.PositiveSmallIntegerField()),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("revenue", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("order_book", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("customers", models.JSONField(help_text="share of revenue by class of customer", null=True)),
                ("largest_customer_share", models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ("gross_margin", models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ("debt", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("audited", models.BooleanField(null=True)),
                (
                    "tier",
                    models.CharField(
                        choices=[
                            ("E0", "self-declared"),
                            ("E1", "document with hash"),
                            ("E2", "attested by a counterparty or unit"),
                            ("E3", "signed by a state or registry"),
                        ],
                        default="E0",
                        max_length=2,
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="financials", to="startups.firm"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("firm", "year"), name="financials_year"),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["E0", "E1", "E2", "E3"])), name="financials_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("year__gte", 1900), ("year__lte", 2200)), name="financials_years"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Raise",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18)),
                ("currency", models.CharField(max_length=3)),
                ("amount_left", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("min_ticket", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("syndicate", models.BooleanField(default=False)),
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
                        size=None,
                    ),
                ),
                ("stage", models.CharField(blank=True, max_length=40)),
                ("tenor_years", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("marginal_cost_of_capital", models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                (
                    "cost_tier",
                    models.CharField(
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
                ("opened_on", models.DateField(null=True)),
                ("need_by", models.DateField(null=True)),
                (
                    "blocked_countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("terms", models.JSONField(default=list)),
                ("use_of_proceeds", models.TextField(blank=True, max_length=2000)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("open", "Open"),
                            ("partly_committed", "Partly Committed"),
                            ("closed", "Closed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="raises", to="startups.firm"
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "lead_capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="raises", to="startups.capability"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["status", "id"], name="raise_by_status"),
                    models.Index(fields=["firm", "id"], name="raise_by_firm"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["draft", "open", "partly_committed", "closed", "withdrawn"])
                        ),
                        name="raise_status",
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="raise_amount"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_left__isnull", True),
                            models.Q(("amount_left__gte", 0), ("amount_left__lte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="raise_amount_left",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_ticket__isnull", True),
                            models.Q(("min_ticket__gte", 0), ("min_ticket__lte", models.F("amount"))),
                            _connector="OR",
                        ),
                        name="raise_min_ticket",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("instruments__len__gt", 0),
                            (
                                "instruments__contained_by",
                                ["equity", "convertible", "loan", "bond", "venture_debt", "guarantee", "grant"],
                            ),
                        ),
                        name="raise_instruments",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("marginal_cost_of_capital__isnull", True),
                            models.Q(("marginal_cost_of_capital__gt", -1), ("marginal_cost_of_capital__lte", 10)),
                            _connector="OR",
                        ),
                        name="raise_marginal_cost",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tenor_years__isnull", True), ("tenor_years__gt", 0), _connector="OR"),
                        name="raise_tenor",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cost_tier", ""), ("cost_tier__in", ["E0", "E1", "E2", "E3"]), _connector="OR"
                        ),
                        name="raise_cost_tier",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Component",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("unit_cost", models.DecimalField(decimal_places=4, max_digits=16)),
                ("currency", models.CharField(max_length=3)),
                ("quantity", models.DecimalField(decimal_places=4, max_digits=12)),
                ("origin", models.CharField(max_length=2, null=True)),
                ("supplier", models.CharField(blank=True, max_length=200)),
                ("single_source", models.BooleanField(null=True)),
                (
                    "capability",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="components", to="startups.capability"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("unit_cost__gte", 0)), name="component_cost"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__isnull", True), ("origin__regex", "^[A-Z]{2}$"), _connector="OR"),
                        name="component_origin",
                    ),
                ],
            },
        ),
    ]
