"""The first operator."""

import pytest
from django.core.management import call_command

from apps.accounts.models import User
from apps.organisations.models import Organisation
from apps.organisations.selectors import actor_for_user
from apps.permissions import Permission


@pytest.mark.django_db
class TestCreateOperator:
    def test_makes_a_person_who_may_start_runs(self, capsys):
        call_command("create_operator", "Ops@tandem.example", "--generate-password")

        user = User.objects.get(email="ops@tandem.example")
        actor = actor_for_user(user_id=user.pk)
        assert actor is not None
        assert actor.may(Permission.RUN_START)
        password = capsys.readouterr().out.split("Password: ")[1].strip()
        assert user.check_password(password)

    def test_joins_the_organisation_that_is_there(self):
        call_command("create_operator", "one@tandem.example", "--generate-password")
        call_command("create_operator", "two@tandem.example", "--generate-password")

        assert Organisation.objects.filter(kind="operator").count() == 1
