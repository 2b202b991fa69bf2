"""Who is told of a file that was refused for its marking."""

import pytest

from apps.accounts.models import User
from apps.documents import events
from apps.documents.handlers import tell_of_classified
from kernel.events import publish
from tests.factories.documents import upload_of
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def told(mailoutbox) -> set[str]:
    return {address for mail in mailoutbox for address in mail.to}


def address_of(actor) -> str:
    return User.objects.get(pk=actor.user_id).email


def refused(actor):
    upload = upload_of(actor)
    return publish(events.UPLOAD_CLASSIFIED, actor=actor, subject=upload)


class TestTellOfClassified:
    def test_tells_everybody_with_the_compliance_role(self, mailoutbox):
        firm = OrganisationFactory()
        owner, *guards = actor_of(firm), actor_of(firm, "compliance"), actor_of(firm, "compliance", "editor")
        actor_of(OrganisationFactory(), "compliance")

        tell_of_classified(refused(owner))

        assert told(mailoutbox) == {address_of(guard) for guard in guards}

    def test_tells_the_owners_where_nobody_has_it(self, mailoutbox):
        owner = actor_of(OrganisationFactory())

        tell_of_classified(refused(owner))

        assert told(mailoutbox) == {address_of(owner)}

    def test_names_neither_file_nor_person(self, mailoutbox):
        owner = actor_of(OrganisationFactory())
        event = refused(owner)

        tell_of_classified(event)

        text = mailoutbox[0].subject + mailoutbox[0].body
        assert str(event.object_id) in text
        assert "statement.txt" not in text
        assert address_of(owner) not in text
