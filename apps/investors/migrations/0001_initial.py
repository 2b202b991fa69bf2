import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("fund_type", models.CharField(blank=True, max_length=40)),
                (
                    "investor_countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), null=True, size=None
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="fund",
                        to="organisations.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Lever",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("guarantee", "Guarantee"),
                            ("insurance", "Insurance"),
                            ("public_mandate", "Public Mandate"),
                            ("tenor", "Tenor"),
                            ("diversification", "Diversification"),
                        ],
                        max_length=16,
                    ),
                ),
                ("issuer", models.CharField(blank=True, max_length=200)),
                (
                    "classes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), null=True, size=None
                    ),
                ),
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), null=True, size=None
                    ),
                ),
                (
                    "excluded_flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), null=True, size=None
                    ),
                ),
                ("risk_cover", models.DecimalField(decimal_places=6, max_digits=7, null=True)),
                ("cover_cap", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                ("premium", models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                ("valid_from", models.DateField(null=True)),
                ("valid_to", models.DateField(null=True)),
                ("source", models.CharField(blank=True, max_length=500)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="levers",
                        to="organisations.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["guarantee", "insurance", "public_mandate", "tenor", "diversification"])
                        ),
                        name="lever_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("risk_cover__isnull", True),
                            models.Q(("risk_cover__gte", 0), ("risk_cover__lte", 1)),
                            _connector="OR",
                        ),
                        name="lever_cover",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="lever_dates",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cover_cap__isnull", True), models.Q(("currency", ""), _negated=True), _connector="OR"
                        ),
                        name="lever_cap_currency",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mandate",
            fields=[
                ("id", models.UUIDField(default=kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("areas", models.JSONField()),
                ("ticket_min", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ticket_max", models.DecimalField(decimal_places=2, max_digits=18)),
                ("ticket_typical", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("stages", models.JSONField(default=list)),
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
                (
                    "countries",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), default=list, size=None
                    ),
                ),
                ("places", models.JSONField(default=list)),
                ("trl_min", models.PositiveSmallIntegerField(null=True)),
                ("trl_max", models.PositiveSmallIntegerField(null=True)),
                ("offered_cost_of_capital", models.DecimalField(decimal_places=6, max_digits=9, null=True)),
                (
                    "offer_tier",
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
                ("tenor_years", models.DecimalField(decimal_places=3, max_digits=6, null=True)),
                ("capacity", models.DecimalField(decimal_places=2, max_digits=18, null=True)),
                ("max_foreign_share", models.DecimalField(decimal_places=3, max_digits=4, null=True)),
                (
                    "perimeter",
                    models.CharField(
                        blank=True,
                        choices=[("EU", "Eu"), ("EU+EEA", "Eu Eea"), ("EU+EEA+UA", "Eu Eea Ua")],
                        max_length=9,
                    ),
                ),
                (
                    "exclusions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                ("terms", models.JSONField(default=list)),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "Draft"), ("active", "Active"), ("paused", "Paused"), ("closed", "Closed")],
                        default="draft",
                        max_length=8,
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="mandates", to="investors.fund"
                    ),
                ),
                (
                    "lever",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mandates",
                        to="investors.lever",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["fund", "id"], name="mandate_by_fund")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["draft", "active", "paused", "closed"])),
                        name="mandate_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ticket_max__gte", models.F("ticket_min")), ("ticket_min__gt", 0)),
                        name="mandate_tickets",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("instruments__len__gt", 0),
                            (
                                "instruments__contained_by",
                                ["equity", "convertible", "loan", "bond", "venture_debt", "guarantee", "grant"],
                            ),
                        ),
                        name="mandate_instruments",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("trl_min__isnull", True),
                                models.Q(("trl_min__gte", 1), ("trl_min__lte", 9)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("trl_max__isnull", True),
                                models.Q(("trl_max__gte", 1), ("trl_max__lte", 9)),
                                _connector="OR",
                            ),
                        ),
                        name="mandate_trl",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_foreign_share__isnull", True),
                            models.Q(
                                models.Q(("perimeter", ""), _negated=True),
                                ("perimeter__in", ["EU", "EU+EEA", "EU+EEA+UA"]),
                            ),
                            _connector="OR",
                        ),
                        name="mandate_foreign_share",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__isnull", True), ("capacity__gte", 0), _connector="OR"),
                        name="mandate_capacity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("offer_tier", ""), ("offer_tier__in", ["E0", "E1", "E2", "E3"]), _connector="OR"
                        ),
                        name="mandate_offer_tier",
                    ),
                ],
            },
        ),
    ]
