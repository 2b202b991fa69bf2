import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "__first__"),
        ("exchange", "0001_initial"),
        ("kernel", "0003_event_trail"),
        ("organisations", "0003_name_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("what", models.CharField(choices=[("own", "Own"), ("visible", "Visible")], max_length=7)),
                (
                    "tables",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None),
                ),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "a ZIP of CSV files"),
                            ("xlsx", "a workbook"),
                            ("jsonl", "a ZIP of JSON Lines files"),
                        ],
                        max_length=5,
                    ),
                ),
                ("filters", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("ready", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                            ("expired", "Expired"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("counts", models.JSONField(default=dict, help_text="rows by table")),
                ("size", models.PositiveIntegerField(null=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("content", models.BinaryField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "job",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel.job"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="organisations.organisation",
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
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "requested_by", "id"], name="export_by_person"),
                    models.Index(
                        condition=models.Q(("status", "ready")), fields=["expires_at"], name="export_expiring"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["queued", "running", "ready", "failed", "cancelled", "expired"])
                        ),
                        name="export_status",
                    ),
                    models.CheckConstraint(condition=models.Q(("what__in", ["own", "visible"])), name="export_what"),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["csv", "xlsx", "jsonl"])), name="export_format"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content__isnull", True), ("status", "ready"), _connector="OR"),
                        name="export_content_ready",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportPart",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("table", models.CharField(max_length=24)),
                ("rows", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                ("disclosed", models.JSONField(default=list)),
                (
                    "export",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="parts", to="exchange.export"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("export", "table"), name="export_part_once")],
            },
        ),
    ]
