import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("investors", "0001_initial"),
        ("kernel", "0001_initial"),
        ("organisations", "0001_initial"),
        ("startups", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="InputVersion",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(choices=[("mandate", "Mandate"), ("raise", "Raise")], max_length=7)),
                ("entity_id", models.UUIDField()),
                ("sha256", models.CharField(max_length=64)),
                ("facts", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "entity_id", "sha256"), name="input_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["mandate", "raise"])), name="input_version_kind"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchRun",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("published", "Published"),
                            ("partial", "Partial"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("is_current", models.BooleanField(default=False)),
                ("as_of", models.DateField()),
                ("model_id", models.CharField(max_length=40)),
                ("model_sha256", models.CharField(max_length=64)),
                ("areas_id", models.CharField(max_length=40)),
                ("areas_sha256", models.CharField(max_length=64)),
                (
                    "extra_areas",
                    models.JSONField(default=list, help_text="[code, parent] of areas outside the reference file"),
                ),
                ("reference_id", models.CharField(max_length=40)),
                ("reference_sha256", models.CharField(max_length=64)),
                (
                    "mandate_versions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "raise_versions",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("counts", models.JSONField(default=dict)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("started_at", models.DateTimeField(null=True)),
                ("published_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="match_run",
                        to="kernel.job",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running", "published", "partial", "failed", "cancelled"])
                        ),
                        name="run_status",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_current", True)), fields=("is_current",), name="run_one_current"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_current", False), ("status", "published"), _connector="OR"),
                        name="run_current_is_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchList",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("side", models.CharField(choices=[("investor", "Investor"), ("startup", "Startup")], max_length=8)),
                (
                    "section",
                    models.CharField(choices=[("ranked", "Ranked"), ("needs_data", "Needs Data")], max_length=10),
                ),
                ("owner_id", models.UUIDField()),
                (
                    "counterpart_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None),
                ),
                (
                    "score_investor",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "score_startup",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "score_mutual",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "confidence_investor",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
                (
                    "confidence_startup",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None),
                ),
                (
                    "contributions_investor",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "contributions_startup",
                    django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None),
                ),
                (
                    "missing",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(),
                        help_text="bit mask of the gates that are unknown, pair by pair",
                        size=None,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lists", to="matching.matchrun"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "side", "owner_id", "section"), name="match_list_once"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["investor", "startup"])), name="match_list_side"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("section__in", ["ranked", "needs_data"])), name="match_list_section"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deal",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("introduced_on", models.DateField(null=True)),
                ("date", models.DateField()),
                ("amount", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("stage", models.CharField(blank=True, max_length=40)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("closed", "Closed"),
                            ("passed", "Passed"),
                            ("lapsed", "Lapsed"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
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
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deals", to="startups.firm"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deals", to="investors.fund"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["fund", "date"], name="deal_log")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["closed", "passed", "lapsed", "withdrawn"])),
                        name="deal_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tier__in", ["E0", "E1", "E2", "E3"])), name="deal_tier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("introduced_on__isnull", True), ("date__gte", models.F("introduced_on")), _connector="OR"
                        ),
                        name="deal_dates",
                    ),
                ],
            },
        ),
    ]
