"""The described, the routed and the permitted operations are the same, and the table holds no idle permission."""

from types import ModuleType

import pytest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response

from apps.permissions import Permission
from config import urls
from kernel.api.permissions import SIGNED_IN
from kernel.api.views import ApiView
from kernel.states import Machine, Transition
from tests.authorisation.operations import machines, operations, problems, product_views

pytestmark = pytest.mark.long


class Quiet(ApiView):
    """Declares nothing."""

    serializer_class = None

    def get(self, _request: Request) -> Response:
        """Show nothing."""
        return Response(status=204)


class Talkative(ApiView):
    """Declares an action that it does not have."""

    serializer_class = None
    permissions = {"get": SIGNED_IN, "shout": "organisations.organisation.read"}

    def get(self, _request: Request) -> Response:
        """Show nothing."""
        return Response(status=204)


def plain(_request: object) -> Response:
    """Passes by the base views."""
    return Response(status=204)


def with_routes(*routes: object) -> ModuleType:
    """The product's addresses and these."""
    module = ModuleType("addresses")
    module.urlpatterns = [*urls.urlpatterns, *routes]
    return module


@pytest.fixture(scope="module")
def agreed() -> list[str]:
    """What is wrong without any change: the tests of the checker look at what a change adds."""
    return problems()


class TestOperations:
    def test_are_described_routed_and_permitted_alike(self, agreed: list[str]) -> None:
        assert not agreed, "\n".join(agreed)

    def test_are_many(self) -> None:
        assert len(operations()) > 60
        assert len(product_views()) > 15
        assert len(machines()) > 6


class TestProblems:
    def test_tell_an_undeclared_route(self, agreed: list[str]) -> None:
        found = problems(urlconf=with_routes(path("api/v1/quiet", Quiet.as_view())))

        assert set(found) - set(agreed) == {"GET /quiet: no permission is declared"}

    def test_tell_a_route_without_a_base_view(self, agreed: list[str]) -> None:
        found = problems(urlconf=with_routes(path("api/v1/plain", plain)))

        assert set(found) - set(agreed) == {
            "GET /plain: no permission is declared",
            "GET /plain: routed, not described",
        }

    def test_tell_a_route_given_twice(self, agreed: list[str]) -> None:
        routes = [path("api/v1/talk", Talkative.as_view()), path("api/v1/talk", Talkative.as_view())]

        found = problems(urlconf=with_routes(*routes))

        assert set(found) - set(agreed) == {"GET /talk: routed twice"}

    def test_tell_a_declared_action_without_a_route(self, agreed: list[str]) -> None:
        route = path("api/v1/talk", Talkative.as_view())

        found = problems(urlconf=with_routes(route), views=[*product_views(), Talkative])

        assert set(found) - set(agreed) == {"Talkative.shout: declared in `permissions`, not routed"}

    def test_tell_a_view_without_a_route(self, agreed: list[str]) -> None:
        found = problems(views=[*product_views(), Talkative])

        assert "Talkative.get: declared in `permissions`, not routed" in set(found) - set(agreed)

    def test_tell_an_idle_permission(self, agreed: list[str]) -> None:
        found = problems(table=[*Permission, "organisations.nothing.read"])

        assert set(found) - set(agreed) == {"organisations.nothing.read: nothing needs this permission"}

    def test_tell_a_permission_that_the_table_lacks(self, agreed: list[str]) -> None:
        found = problems(table=set(Permission) - {Permission.RAISE_OPEN})

        assert set(found) - set(agreed) == {
            "startups.raise.open: no such permission in the table",
            "raise.open: its permission is not in the table",
        }

    def test_tell_a_transition_with_an_unknown_permission(self, agreed: list[str]) -> None:
        statuses = machines()[0].statuses
        first = next(iter(statuses)).value
        arrow = Transition("fly", frozenset({first}), first, "organisations.bird.fly", "organisations.bird.flew")
        life = Machine(name="bird", statuses=statuses, initial=first, transitions=(arrow,))

        found = problems(lives=[*machines(), life])

        assert set(found) - set(agreed) == {
            "organisations.bird.fly: no such permission in the table",
            "bird.fly: its permission is not in the table",
        }
