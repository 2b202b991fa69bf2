"""Endpoints for trackers: made, changed, ended, and who signed a message."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings

from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from apps.organisations.states import Standing
from apps.startups.models import TrackerEndpoint
from apps.startups.services.trackers import (
    MOST_ENDPOINTS,
    TooManyTrackers,
    TrackerDisabled,
    TrackerNotAcceptable,
    tracker_create,
    tracker_disable,
    tracker_rotate,
    tracker_secrets_reseal,
    tracker_signer,
    tracker_update,
)
from kernel.models import Event
from tests.factories.organisations import actor_of
from tests.factories.startups import CapabilityFactory, FirmFactory, signed_headers, tracker_of

pytestmark = pytest.mark.django_db

BODY = b'{"events": []}'


def signer(made: Any, **change: Any) -> TrackerEndpoint | None:
    """Who signed the body, by the headers that the tracker sends."""
    headers = signed_headers(made, BODY)
    given = {
        "endpoint_id": str(made.endpoint.pk),
        "message_id": headers["webhook-id"],
        "timestamp": headers["webhook-timestamp"],
        "signatures": headers["webhook-signature"],
        "body": BODY,
    }
    return tracker_signer(**given | change)


class TestTrackerCreate:
    def test_keeps_the_secret_encrypted(self) -> None:
        capability = CapabilityFactory()

        made = tracker_of(capability.firm, ENG=capability)

        made.endpoint.refresh_from_db()
        assert made.secret.startswith("whsec_")
        assert made.secret.removeprefix("whsec_") not in made.endpoint.sealed_secret
        assert dict(made.endpoint.projects.values_list("key", "capability_id")) == {"ENG": capability.pk}
        fact = Event.objects.get(name="startups.tracker.created")
        assert (fact.organisation_id, fact.data) == (capability.firm.organisation_id, {})

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"name": " "}, "/name"),
            ({"projects": {"": None}}, "/projects/"),
            ({"projects": {"x" * 101: None}}, "/projects/" + "x" * 101),
            ({"projects": {str(index): None for index in range(501)}}, "/projects"),
        ],
    )
    def test_says_what_is_wrong(self, change: dict[str, Any], pointer: str) -> None:
        capability = CapabilityFactory()
        given = {"name": "Jira", **change}
        given["projects"] = dict.fromkeys(given.get("projects", ()), capability.pk)

        with pytest.raises(TrackerNotAcceptable) as refusal:
            tracker_create(actor=actor_of(capability.firm.organisation), firm=capability.firm, **given)

        assert [problem.pointer for problem in refusal.value.errors] == [pointer]

    def test_means_only_capabilities_of_the_firm(self) -> None:
        with pytest.raises(TrackerNotAcceptable) as refusal:
            tracker_of(FirmFactory(), **{"A/B": CapabilityFactory()})

        assert [(problem.pointer, problem.code) for problem in refusal.value.errors] == [
            ("/projects/A~1B", "does_not_exist")
        ]

    def test_is_for_the_own_firm_and_not_without_end(self) -> None:
        firm = FirmFactory()
        with pytest.raises(NotYours):
            tracker_create(actor=actor_of(FirmFactory().organisation), firm=firm, name="Jira")
        made = [tracker_of(firm) for _ in range(MOST_ENDPOINTS)]

        with pytest.raises(TooManyTrackers):
            tracker_of(firm)

        tracker_disable(actor=actor_of(firm.organisation), endpoint=made[0].endpoint)
        tracker_of(firm)


class TestTrackerUpdate:
    def test_replaces_what_is_sent(self) -> None:
        capability = CapabilityFactory()
        other = CapabilityFactory(firm=capability.firm)
        made = tracker_of(capability.firm, ENG=capability)
        actor = actor_of(capability.firm.organisation)

        renamed = tracker_update(actor=actor, endpoint=made.endpoint, name=" Redmine ")
        tracker_update(actor=actor, endpoint=made.endpoint, projects={"OPS": other.pk})

        assert renamed.name == "Redmine"
        assert dict(made.endpoint.projects.values_list("key", "capability_id")) == {"OPS": other.pk}
        with pytest.raises(NotYours):
            tracker_update(actor=actor_of(FirmFactory().organisation), endpoint=made.endpoint, name="Mine")


class TestTrackerRotate:
    def test_ends_the_old_secret_at_once(self) -> None:
        made = tracker_of(FirmFactory())

        rotated = tracker_rotate(actor=actor_of(made.endpoint.firm.organisation), endpoint=made.endpoint)

        assert signer(made) is None
        assert signer(rotated) == made.endpoint


class TestTrackerDisable:
    def test_ends_it_for_good(self) -> None:
        made = tracker_of(FirmFactory())
        actor = actor_of(made.endpoint.firm.organisation)

        tracker_disable(actor=actor, endpoint=made.endpoint)

        assert signer(made) is None
        for change in (tracker_disable, tracker_rotate, tracker_update):
            with pytest.raises(TrackerDisabled):
                change(actor=actor, endpoint=made.endpoint)  # type: ignore[operator]


class TestTrackerSigner:
    def test_finds_the_endpoint_whose_secret_signed(self) -> None:
        made = tracker_of(FirmFactory())

        assert signer(made) == made.endpoint

    @pytest.mark.parametrize(
        "change",
        [
            {"endpoint_id": str(uuid4())},
            {"endpoint_id": "no id"},
            {"signatures": "v1,AAAA"},
            {"body": BODY + b" "},
            {"timestamp": "1614265330"},
        ],
    )
    def test_finds_none_for_anything_else(self, change: dict[str, str]) -> None:
        assert signer(tracker_of(FirmFactory()), **change) is None

    def test_finds_none_by_the_secret_of_another(self) -> None:
        firm = FirmFactory()
        first, second = tracker_of(firm), tracker_of(firm)

        assert signer(first, endpoint_id=str(second.endpoint.pk)) is None

    @pytest.mark.parametrize("change", [{"standing": Standing.SUSPENDED}, {"merged_into": True}])
    def test_finds_none_of_a_firm_that_is_suspended_or_gone(self, change: dict[str, Any]) -> None:
        made = tracker_of(FirmFactory())
        if "merged_into" in change:
            change = {"merged_into": FirmFactory().organisation}
        Organisation.objects.filter(pk=made.endpoint.firm.organisation_id).update(**change)

        assert signer(made) is None


class TestTrackerSecretsReseal:
    def test_lets_an_old_key_go(self) -> None:
        with override_settings(SECRET_KEY="old" * 20):
            made = tracker_of(FirmFactory())

        with override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=["old" * 20]):
            assert tracker_secrets_reseal() == 1
        with override_settings(SECRET_KEY="new" * 20, SECRET_KEY_FALLBACKS=[]):
            assert signer(made) == made.endpoint
