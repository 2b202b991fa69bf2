"""The addresses of imports."""

import pytest
from django.urls import resolve

from kernel.api.permissions import undeclared_actions


class TestUrls:
    @pytest.mark.parametrize(
        ("address", "actions"),
        [
            ("/imports", {"get": "list", "post": "create"}),
            ("/imports/7", {"get": "retrieve"}),
            ("/imports/7/problems", {"get": "list"}),
            ("/imports/7/confirm", {"post": "confirm"}),
        ],
    )
    def test_lead_to_declared_operations(self, address, actions):
        view = resolve(address, urlconf="apps.exchange.api.urls").func

        assert {method: name for method, name in view.actions.items() if method != "head"} == actions
        assert undeclared_actions(view.cls, actions) == []
