import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "__first__"),
        ("kernel", "0003_event_trail"),
        ("organisations", "0003_name_keys"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("evidence", "Evidence"),
                            ("diligence", "Diligence"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "export_mark",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("dual_use", "Dual Use"),
                            ("military", "Military"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("export_code", models.CharField(blank=True, max_length=20)),
                (
                    "declared_marking",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("commercial", "commercial in confidence"),
                            ("official_use", "for official use only"),
                            ("restricted", "Restricted"),
                            ("confidential", "Confidential"),
                            ("secret", "Secret"),
                            ("top_secret", "Top Secret"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("retain_until", models.DateField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
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
                        related_name="documents",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "id"], name="document_by_organisation"),
                    models.Index(
                        condition=models.Q(("retain_until__isnull", False)),
                        fields=["retain_until"],
                        name="document_retained",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="document_titled"),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["verification", "evidence", "diligence", "other"])),
                        name="document_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("export_mark__in", ["none", "dual_use", "military", "unknown"])),
                        name="document_export_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("export_code", ""), ("export_mark__in", ("dual_use", "military")), _connector="OR"
                        ),
                        name="document_export_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("declared_marking__in", ("none", "commercial"))), name="document_marking"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Vault",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vaults",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("organisation",), name="vault_once")],
            },
        ),
        migrations.CreateModel(
            name="DocumentAccess",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[("verification", "Verification"), ("evidence", "Evidence"), ("room", "Room")],
                        max_length=12,
                    ),
                ),
                ("cause_id", models.UUIDField()),
                ("since", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("until", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="access", to="documents.document"
                    ),
                ),
                (
                    "viewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents_opened",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["viewer", "document"], name="document_access_by_viewer"),
                    models.Index(fields=["cause", "cause_id"], name="document_access_by_cause"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["verification", "evidence", "room"])),
                        name="document_access_cause",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                        name="document_access_ends",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("document", "viewer", "cause", "cause_id"),
                        name="document_access_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VaultKey",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("wrapped", models.BinaryField(null=True)),
                ("master", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "vault",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="keys", to="documents.vault"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("wrapped__isnull", False)), fields=["master"], name="vault_key_by_master"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("vault", "number"), name="vault_key_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="vault_key_number"),
                    models.CheckConstraint(
                        condition=models.Q(("wrapped__isnull", False), ("retired_at__isnull", False), _connector="OR"),
                        name="vault_key_erased_is_retired",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("quarantined", "Quarantined"),
                            ("clean", "Clean"),
                            ("blocked", "Blocked"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="quarantined",
                        max_length=11,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                (
                    "scan_state",
                    models.CharField(
                        choices=[("not_scanned", "Not Scanned"), ("clean", "Clean"), ("infected", "Infected")],
                        default="not_scanned",
                        max_length=11,
                    ),
                ),
                ("scan_engine", models.CharField(blank=True, max_length=100)),
                ("pages", models.PositiveIntegerField(null=True)),
                ("storage_key", models.CharField(blank=True, max_length=200)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("segments", models.PositiveIntegerField(null=True)),
                ("stored_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="documents.document"
                    ),
                ),
                (
                    "vault_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="documents.vaultkey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["vault_key", "id"], name="document_version_by_vault_key"),
                    models.Index(
                        condition=models.Q(("storage_key", ""), _negated=True),
                        fields=["storage_key"],
                        name="document_version_storage",
                    ),
                    models.Index(
                        condition=models.Q(("destroyed_at__isnull", True), ("withdrawn_at__isnull", False)),
                        fields=["withdrawn_at"],
                        name="document_version_to_destroy",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="document_version_once"),
                    models.CheckConstraint(condition=models.Q(("number__gte", 1)), name="document_version_number"),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["quarantined", "clean", "blocked", "withdrawn"])),
                        name="document_version_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scan_state__in", ["not_scanned", "clean", "infected"])),
                        name="document_version_scan_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="document_version_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "clean"), _negated=True), ("stored_at__isnull", False), _connector="OR"
                        ),
                        name="document_version_clean_is_stored",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("scan_state", "infected"), ("status", "clean"), _negated=True),
                        name="document_version_infected_is_not_clean",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("destroyed_at__isnull", True), ("wrapped_key__isnull", True), _connector="OR"
                        ),
                        name="document_version_key_destroyed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("title", models.CharField(max_length=200)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("verification", "Verification"),
                            ("evidence", "Evidence"),
                            ("diligence", "Diligence"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "export_mark",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("dual_use", "Dual Use"),
                            ("military", "Military"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=8,
                    ),
                ),
                ("export_code", models.CharField(blank=True, max_length=20)),
                (
                    "declared_marking",
                    models.CharField(
                        choices=[
                            ("none", "None"),
                            ("commercial", "commercial in confidence"),
                            ("official_use", "for official use only"),
                            ("restricted", "Restricted"),
                            ("confidential", "Confidential"),
                            ("secret", "Secret"),
                            ("top_secret", "Top Secret"),
                        ],
                        default="none",
                        max_length=12,
                    ),
                ),
                ("media_type", models.CharField(blank=True, max_length=100)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("received", models.PositiveBigIntegerField(default=0)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("receiving", "Receiving"),
                            ("completing", "Completing"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("aborted", "Aborted"),
                            ("expired", "Expired"),
                        ],
                        default="receiving",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=40)),
                ("wrapped_key", models.BinaryField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "created_by",
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
                        related_name="uploads",
                        to="documents.document",
                    ),
                ),
                (
                    "document_version",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="upload",
                        to="documents.documentversion",
                    ),
                ),
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
                        related_name="uploads",
                        to="organisations.organisation",
                    ),
                ),
                (
                    "vault_key",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="uploads",
                        to="documents.vaultkey",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organisation", "id"], name="upload_by_organisation"),
                    models.Index(
                        condition=models.Q(("status", "receiving")), fields=["expires_at"], name="upload_expiring"
                    ),
                    models.Index(fields=["vault_key", "id"], name="upload_by_vault_key"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["receiving", "completing", "done", "failed", "aborted", "expired"])
                        ),
                        name="upload_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["verification", "evidence", "diligence", "other"])),
                        name="upload_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("export_mark__in", ["none", "dual_use", "military", "unknown"])),
                        name="upload_export_mark",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("declared_marking__in", ("none", "commercial"))), name="upload_marking"
                    ),
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="upload_size"),
                    models.CheckConstraint(
                        condition=models.Q(("received__lte", models.F("size"))), name="upload_received"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="upload_sha256"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["completing", "done"]), _negated=True),
                            ("received", models.F("size")),
                            _connector="OR",
                        ),
                        name="upload_completing_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "done"), _negated=True),
                            ("document_version__isnull", False),
                            _connector="OR",
                        ),
                        name="upload_done_has_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "failed"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="upload_failed_with_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="UploadChunk",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("offset", models.PositiveBigIntegerField()),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("storage_key", models.CharField(max_length=200, unique=True)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="documents.upload"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("upload", "offset"), name="upload_chunk_once"),
                    models.CheckConstraint(condition=models.Q(("size__gte", 1)), name="upload_chunk_size"),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="upload_chunk_sha256"
                    ),
                ],
            },
        ),
    ]
