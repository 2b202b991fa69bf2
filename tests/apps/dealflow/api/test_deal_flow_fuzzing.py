"""Whatever is asked of the deal flow, it answers or refuses: 200 or 400, never anything else.

A few hundred sets of parameters in every run, ten thousand with `--whole`.
"""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given
from hypothesis import settings as chosen_settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from apps.dealflow.parameters import DealFlowFilter
from apps.dealflow.selectors.listings import ORDERS
from apps.startups.models import Listing
from tests.factories.listings import listed_capability, listed_raise
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory, actor_of, client_of
from tests.factories.startups import client_for

URL = "/api/v1/deal-flow"
SAMPLE, WHOLE = 300, 10_000

pytestmark = [pytest.mark.django_db, pytest.mark.long]

ODD = st.text(max_size=30) | st.sampled_from(
    [
        *("", " ", "-1", "0", "1e400", "NaN", "Infinity", "null", "true", "9" * 30, "0.1.2", "%", "_", "'", '"', "\\"),
        *("2020-01-01", "2020-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "a" * 201),
        *("дрон", "БпЛА", "dron", "& | !", "<->", "drone:*", "(", "''", "UAS.", ".UAS", "\u0000", "\U0001f680"),
    ]
)
WORDS = st.lists(
    st.sampled_from(["capability", "drone", "дрони", "dron", "РЕБ", "jammer", "перехоплювач", "x"]), max_size=4
)


def right(name: str) -> st.SearchStrategy[str]:
    """Values of a parameter as they may be meant."""
    item: Any = DealFlowFilter.base_filters[name].item_schema()
    if "enum" in item:
        return st.sampled_from(item["enum"])
    if item["type"] == "integer":
        return st.integers(item["minimum"], item["maximum"]).map(str)
    if item["type"] == "number":
        return st.decimals(-10, 10**15, places=2).map(lambda value: f"{value:f}")
    if item["type"] == "boolean":
        return st.sampled_from(["true", "false"])
    if item.get("format") == "uuid":
        return st.uuids().map(str)
    if item.get("format") == "date-time":
        return st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
    return WORDS.map(" ".join) if name == "q" else st.sampled_from(["seed", "UMS", "UA", "UMS.UAS", "PL"])


def parameters(*, mandate: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    """Sets of parameters, most of them well-formed."""
    well = [st.tuples(st.just(name), right(name)) for name in DealFlowFilter.base_filters]
    extra: dict[str, st.SearchStrategy[str]] = {
        "ordering": st.sampled_from([sign + name for name in ORDERS for sign in ("", "-")]),
        "page_size": st.sampled_from(["1", "3", "200"]),
        "with_facets": st.sampled_from(["true", "false"]),
        "with_count": st.sampled_from(["true", "false"]),
        "mandate": st.just(mandate),
        "fields": st.sampled_from(["id", "kind,match", "highlights"]),
        "cursor": ODD,
    }
    well += [st.tuples(st.just(name), values) for name, values in extra.items()]
    names = [*DealFlowFilter.base_filters, *extra, "unknown"]
    ill = st.tuples(st.sampled_from(names), ODD)
    return st.lists(st.one_of(*well), max_size=5) | st.lists(st.one_of(*well, ill), max_size=7)


class TestDealFlow:
    def test_answers_or_refuses(self, whole: bool, settings: Any) -> None:
        settings.API_RATES = {}
        mandate = mandate_made()
        raise_made()
        run_drained()
        for number in range(4):
            listed_raise(stage="seed", lead_capability__title=f"Drone {number}", lead_capability__seeks=["licence"])
        own = listed_capability(title_uk="Перехоплювач")
        clients = (
            client_of(actor_of(mandate.fund.organisation)),
            client_for(own.firm),
            client_of(actor_of(OrganisationFactory(kind="attestor"))),
        )
        assert Listing.objects.count() == 5
        seen: set[int] = set()

        @chosen_settings(
            max_examples=WHOLE if whole else SAMPLE,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        )
        @given(st.sampled_from(clients), parameters(mandate=str(mandate.pk)))
        def ask(client: APIClient, chosen: list[tuple[str, str]]) -> None:
            query = QueryDict(mutable=True)
            for name, value in chosen:
                query.appendlist(name, value)

            response = client.get(f"{URL}?{query.urlencode()}")

            assert response.status_code in {200, 400}, (query, response.content)
            seen.add(response.status_code)
            if response.status_code == 200 and response.json()["next"]:
                assert client.get(response.json()["next"]).status_code == 200

        ask()
        assert seen == {200, 400}
