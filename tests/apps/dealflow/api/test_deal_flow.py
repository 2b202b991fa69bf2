"""Searching the deal flow over HTTP: who finds what, by what, in which order."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.dealflow.selectors.scores import Score, Scores, scores_of
from apps.organisations.models import DisclosureGrant, Organisation
from apps.organisations.states import Standing
from apps.startups.models import Firm, Listing, SpeedProfile
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search_words import search_words_refresh
from kernel.clock import utc_now, utc_today
from kernel.models import Event
from tests.factories.listings import listed_capability, listed_raise
from tests.factories.matching import mandate_made, raise_made, run_drained
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of, client_of, undertaking_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import FirmFactory, client_for, fund_client

pytestmark = pytest.mark.django_db

URL = "/api/v1/deal-flow"


def fund() -> APIClient:
    return fund_client()


def body(client: APIClient, **parameters: Any) -> Any:
    response = client.get(URL, parameters)
    assert response.status_code == 200, response.json()
    return response.json()


def ids(client: APIClient, **parameters: Any) -> list[str]:
    return [row.get("id") for row in body(client, **parameters)["results"]]


def refused(client: APIClient, **parameters: Any) -> list[str]:
    response = client.get(URL, parameters)
    assert response.status_code == 400, response.content
    return [problem["pointer"] for problem in response.json()["errors"]]


def measured(listing: Listing, **days: float) -> Listing:
    figures = {name: {"days": value} for name, value in days.items()}
    SpeedProfile.objects.create(
        firm=listing.firm,
        capability=listing.capability,
        area=listing.area,
        as_of=utc_today(),
        computed_at=utc_now(),
        figures=figures,
        history_to=utc_today(),
    )
    listings_refresh(capability_ids=[listing.capability_id])
    return Listing.objects.get(pk=listing.pk)


class TestResults:
    def test_shows_what_verified_counterparts_see_of_a_raise(self) -> None:
        row = listed_raise(amount=Decimal("1500000.00"), instruments=["loan"], stage="growth")

        found = body(fund())["results"]

        (shown,) = found
        assert (shown["kind"], shown["id"], shown["raise"]["id"]) == ("raise", str(row.pk), str(row.pk))
        assert shown["startup"]["is_pseudonym"]
        assert (shown["capability"]["id"], shown["trl"]) == (str(row.capability_id), 7)
        assert shown["raise"]["amount"] == {"amount": "1500000.00", "currency": "EUR"}
        assert (shown["raise"]["capital_class"], shown["amount_band"]) == ("debt", "500k-2M")
        assert shown["match"] is None
        assert "teaser" not in shown

    def test_shows_a_capability_that_leads_no_raise(self) -> None:
        row = listed_capability(seeks=["licence"])

        (shown,) = body(fund())["results"]

        assert (shown["kind"], shown["id"], shown["raise"]) == ("capability", str(row.pk), None)
        assert (shown["seeks"], shown["amount_eur"], shown["foreign_share"]) == (["licence"], None, [])

    def test_shows_the_fields_that_were_chosen(self) -> None:
        listed_capability()

        (shown,) = body(fund(), fields="id,trl")["results"]

        assert set(shown) == {"id", "trl"}

    def test_needs_as_many_queries_for_many_as_for_one(self) -> None:
        client = fund()
        listed_raise(stage="one")
        for _ in range(8):
            listed_raise(stage="many")
        body(client, stage="one", with_facets="true", q="capability")

        with CaptureQueriesContext(connection) as one:
            body(client, stage="one", with_facets="true", q="capability")
        with CaptureQueriesContext(connection) as many:
            found = body(client, stage="many", with_facets="true", q="capability")

        assert len(found["results"]) == 8
        assert len(many) == len(one)

    def test_sets_a_bound_for_each_statement(self) -> None:
        listed_raise()

        with CaptureQueriesContext(connection) as asked:
            body(fund())

        assert sum("statement_timeout" in query["sql"] for query in asked) == 1


class TestStatements:
    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"with_count": "true"},
            {"with_facets": "true", "country": "UA"},
            {"ordering": "-amount"},
            {"q": "quiet gliders"},
            {"q": "quiet gliders", "with_facets": "true", "trl_min": "3", "maturity": "fielded"},
        ],
        ids=str,
    )
    def test_are_as_many_whatever_is_found(self, parameters: dict[str, str]) -> None:
        for stage, title in (("one", "Quiet gliders"), *[("many", "Quiet gliders")] * 6, *[("some", "Quiet")] * 2):
            listed_raise(stage=stage, lead_capability__title=title)
        listed_capability(title="Quiet gliders")
        search_words_refresh()
        opened = listed_raise(stage="many").organisation
        alone, reader = fund(), OrganisationFactory(kind="fund")
        undertaking_of(reader)
        GrantFactory(viewer=reader, subject=opened, tier=1)
        sent = set()

        for client in (alone, client_of(actor_of(reader))):
            for more in ({"stage": "one"}, {"stage": "many"}, {"stage": "some"}, {"stage": "none"}, {"page_size": "2"}):
                body(client, **parameters, **more)
                with CaptureQueriesContext(connection) as asked:
                    body(client, **parameters, **more)
                sent.add(len(asked))

        assert len(sent) == 1
        assert max(sent) <= 12

    def test_are_as_many_by_score(self) -> None:
        mandate = mandate_made()
        paired = raise_made()
        run_drained()
        listings_refresh()
        for _ in range(3):
            listed_raise(stage="unpaired")
        client = client_of(actor_of(mandate.fund.organisation))
        asked = {"mandate": str(mandate.pk), "ordering": "-score"}
        sent = set()

        for more in ({}, {"firm": str(paired.firm_id)}, {"stage": "unpaired"}, {"stage": "none"}, {"page_size": "1"}):
            body(client, **asked, **more)
            with CaptureQueriesContext(connection) as found:
                body(client, **asked, **more)
            sent.add(len(found))

        assert len(sent) == 1
        assert max(sent) <= 7


class TestWhoSees:
    def test_refuses_nobody_in_particular(self) -> None:
        assert APIClient().get(URL).status_code == 401

    @pytest.mark.parametrize("standing", [Standing.REGISTERED, Standing.SUSPENDED])
    def test_hides_who_is_not_verified(self, standing: str) -> None:
        row = listed_raise()
        Organisation.objects.filter(pk=row.organisation_id).update(standing=standing)

        assert ids(fund()) == []

    def test_hides_who_went_dark_at_the_next_request(self) -> None:
        row, client = listed_raise(), fund()
        before = ids(client)
        Organisation.objects.filter(pk=row.organisation_id).update(dark_since=utc_now())

        assert (before, ids(client)) == ([str(row.pk)], [])
        assert body(client, with_facets="true", with_count="true")["count"] == 0

    def test_shows_authorities_what_funds_see(self) -> None:
        row = listed_raise()

        client = client_of(actor_of(OrganisationFactory(kind="authority")))

        assert ids(client) == [str(row.pk)]

    def test_shows_other_firms_what_seeks_a_partner(self) -> None:
        listed_raise()
        seeking = listed_raise(lead_capability__seeks=["joint_production"])
        partner = listed_capability(seeks=["distribution"])

        client = client_for(FirmFactory())

        assert set(ids(client)) == {str(seeking.pk), str(partner.pk)}
        assert body(client, with_count="true")["count"] == 2

    def test_shows_a_firm_its_own_rows(self) -> None:
        mine, other = listed_raise(), listed_raise(lead_capability__seeks=["licence"])
        client = client_for(mine.firm)

        assert set(ids(client)) == {str(mine.pk), str(other.pk)}
        assert ids(client, own="true") == [str(mine.pk)]
        assert ids(client, own="false") == [str(other.pk)]

    def test_shows_its_own_rows_to_a_firm_that_is_dark(self) -> None:
        mine = listed_raise()
        Organisation.objects.filter(pk=mine.organisation_id).update(dark_since=utc_now())

        assert ids(client_for(mine.firm)) == [str(mine.pk)]

    def test_shows_operators_what_counterparts_see_unless_suspended(self) -> None:
        row = listed_raise()
        operator = OrganisationFactory(kind="operator")
        client = client_of(actor_of(operator, "compliance"))
        before = ids(client)
        Organisation.objects.filter(pk=operator.pk).update(standing=Standing.SUSPENDED)

        after = client_of(actor_of(Organisation.objects.get(pk=operator.pk), "compliance")).get(URL)

        assert before == [str(row.pk)]
        assert after.status_code != 200 or str(row.pk) not in after.content.decode()

    def test_shows_the_name_by_the_firms_choice(self) -> None:
        row, client = listed_raise(), fund()
        Firm.objects.filter(pk=row.firm_id).update(naming="all_verified")

        (shown,) = body(client)["results"]

        assert (shown["startup"]["name"], shown["startup"]["is_pseudonym"]) == (
            row.firm.organisation.legal_name,
            False,
        )

    def test_opens_at_a_grant_and_records_the_read(self) -> None:
        row = listed_raise(lead_capability__description="Beats frequency hopping")
        viewer = OrganisationFactory(kind="fund")
        undertaking_of(viewer)
        client = client_of(actor_of(viewer))
        before = ids(client, q="hopping")
        grant = GrantFactory(viewer=viewer, subject=row.firm.organisation, tier=2)

        during = ids(client, q="hopping")
        recorded = Event.objects.filter(name__contains="read").order_by("pk").last()
        DisclosureGrant.objects.filter(pk=grant.pk).update(until=utc_now() - dt.timedelta(seconds=1))

        assert (before, during, ids(client, q="hopping")) == ([], [str(row.pk)], [])
        assert recorded is not None
        assert "startups.listing" in str(recorded.data)


class TestTeasers:
    """Who is not verified sees teasers alone."""

    def stranger(self) -> APIClient:
        return client_of(actor_of(OrganisationFactory(kind="fund", standing=Standing.REGISTERED)))

    def test_shows_nothing_that_links_to_the_firm(self) -> None:
        row = listed_raise()

        response = self.stranger().get(URL)

        (shown,) = response.json()["results"]
        assert set(shown) == {"kind", "teaser"}
        assert shown["teaser"]["id"] == str(row.firm.teaser_id)
        text = response.content.decode()
        hidden = (row.pk, row.firm_id, row.organisation_id, row.capability_id, row.capability.title)
        assert not any(str(value) in text for value in hidden)

    def test_finds_by_what_teasers_show(self) -> None:
        row = listed_raise(lead_capability__area=AreaFactory(code="ROOTED"))

        client = self.stranger()

        assert len(body(client, area="ROOTED")["results"]) == 1
        assert body(client, area="ELSEWHERE")["results"] == []
        assert row.area == "ROOTED"

    @pytest.mark.parametrize(
        "parameters",
        [
            {"q": "capability"},
            {"trl_min": "1"},
            {"stage": "seed"},
            {"amount_min": "1"},
            {"tier": "E2"},
            {"published_since": "2020-01-01T00:00:00Z"},
        ],
    )
    def test_finds_nobody_by_what_teasers_do_not_show(self, parameters: dict[str, str]) -> None:
        listed_raise()

        assert body(self.stranger(), **parameters)["results"] == []

    def test_answers_no_facets(self) -> None:
        for _ in range(6):
            listed_raise()

        assert "facets" not in body(self.stranger(), with_facets="true")

    def test_orders_by_the_teaser_alone(self) -> None:
        for _ in range(4):
            listed_raise()
        client = self.stranger()

        first, second = (body(client, ordering=name)["results"] for name in ("-amount", "published_at"))

        assert first == second
        assert [row["teaser"]["id"] for row in first] == sorted(row["teaser"]["id"] for row in first)

    def test_pages(self) -> None:
        for _ in range(5):
            listed_raise()
        client = self.stranger()

        first = body(client, page_size=3, with_count="true")
        second = client.get(first["next"]).json()

        seen = [row["teaser"]["id"] for row in (*first["results"], *second["results"])]
        assert (first["count"], len(set(seen)), second["next"]) == (5, 5, None)

    def test_finds_ones_own(self) -> None:
        mine = listed_raise()
        Organisation.objects.filter(pk=mine.organisation_id).update(standing=Standing.REGISTERED)

        client = client_for(Firm.objects.get(pk=mine.firm_id))

        assert ids(client, own="true") == [str(mine.pk)]
        assert ids(client, own="true", stage="none such") == []


class TestFilters:
    """Each narrows; a repeated one widens; what is not stated fulfils none."""

    CASES: tuple[tuple[dict[str, Any], dict[str, Any], dict[str, Any]], ...] = (
        ({"trl_min": 6}, {"lead_capability__trl": 6}, {"lead_capability__trl": 5}),
        ({"trl_min": 6}, {"lead_capability__trl": 9}, {"lead_capability__trl": None}),
        ({"trl_max": 6}, {"lead_capability__trl": 6}, {"lead_capability__trl": 7}),
        ({"trl_min": ["8", "5"]}, {"lead_capability__trl": 5}, {"lead_capability__trl": 4}),
        ({"trl_max": ["2", "5"]}, {"lead_capability__trl": 5}, {"lead_capability__trl": 6}),
        ({"maturity": "serial"}, {"lead_capability__maturity": "serial"}, {"lead_capability__maturity": "fielded"}),
        ({"tier": ["E3", "E2"]}, {"lead_capability__tier": "E2"}, {"lead_capability__tier": "E1"}),
        ({"instrument": "bond"}, {"instruments": ["loan", "bond"]}, {"instruments": ["loan"]}),
        ({"capital_class": "debt"}, {"instruments": ["loan"]}, {"instruments": ["grant"]}),
        ({"stage": "seed"}, {"stage": "seed"}, {"stage": "growth"}),
        ({"amount_min": "500000"}, {"amount": Decimal(500_000)}, {"amount": Decimal("499999.99")}),
        ({"amount_max": "500000"}, {"amount": Decimal(500_000)}, {"amount": Decimal("500000.01")}),
        ({"amount_band": "2M-10M"}, {"amount": Decimal(2_000_000)}, {"amount": Decimal(1_999_999)}),
        ({"seeks": "licence"}, {"lead_capability__seeks": ["licence"]}, {"lead_capability__seeks": ["distribution"]}),
        (
            {"country": "PL"},
            {"firm__organisation__country": "PL"},
            {"firm__organisation__country": "UA"},
        ),
    )

    @pytest.mark.parametrize(("asked", "meets", "fails"), CASES)
    def test_narrows(self, asked: dict[str, Any], meets: dict[str, Any], fails: dict[str, Any]) -> None:
        right = listed_raise(**meets)
        listed_raise(**fails)

        assert ids(fund(), **asked) == [str(right.pk)]

    def test_an_area_has_those_below_it(self) -> None:
        root = AreaFactory(code="TREE")
        inside = listed_raise(lead_capability__area=AreaFactory(code="OTHER.NAME", parent=root))
        listed_raise(lead_capability__area=AreaFactory(code="TREETOP"))

        assert ids(fund(), area="TREE") == [str(inside.pk)]
        assert ids(fund(), area="OTHER.NAME") == [str(inside.pk)]
        assert ids(fund(), area="OTHER") == []

    def test_by_kind_and_firm(self) -> None:
        capability, item = listed_capability(), listed_raise()
        client = fund()

        assert ids(client, kind="capability") == [str(capability.pk)]
        assert ids(client, firm=str(item.firm_id)) == [str(item.pk)]
        assert len(ids(client, firm=[str(item.firm_id), str(capability.firm_id)])) == 2
        assert ids(client, firm=str(uuid4())) == []

    def test_by_speed_and_its_band(self) -> None:
        fast = measured(listed_raise(), cadence=9.0, adaptation=20.0)
        slow = measured(listed_raise(), cadence=45.0)
        listed_raise()
        client = fund()

        assert ids(client, cadence_days_max="9") == [str(fast.pk)]
        assert ids(client, adaptation_days_max="1000") == [str(fast.pk)]
        assert ids(client, iteration_band="30-90") == [str(slow.pk)]

    def test_by_the_foreign_share_under_a_perimeter(self) -> None:
        from tests.factories.startups import ComponentFactory

        row = listed_raise()
        listed_raise()
        ComponentFactory(capability=row.capability, origin="NO", unit_cost=Decimal(30), quantity=Decimal(1))
        ComponentFactory(capability=row.capability, origin="DE", unit_cost=Decimal(70), quantity=Decimal(1))
        listings_refresh(capability_ids=[row.capability_id])
        client = fund()

        assert ids(client, share_eu="0.2-0.35") == [str(row.pk)]
        assert ids(client, share_eu=["0-0.1", "0.1-0.2"]) == []
        assert ids(client, share_eu_eea="0-0.1") == [str(row.pk)]

    def test_by_a_band_that_spans_several(self) -> None:
        from tests.factories.startups import ComponentFactory

        row = listed_raise()
        ComponentFactory(capability=row.capability, origin="CN", unit_cost=Decimal(15), quantity=Decimal(1))
        ComponentFactory(capability=row.capability, origin=None, unit_cost=Decimal(10), quantity=Decimal(1))
        ComponentFactory(capability=row.capability, origin="DE", unit_cost=Decimal(75), quantity=Decimal(1))
        listings_refresh(capability_ids=[row.capability_id])
        client = fund()

        assert ids(client, share_eu=["0.1-0.2", "0.2-0.35"]) == [str(row.pk)]
        assert ids(client, share_eu="0.1-0.2") == []

    def test_by_publication(self) -> None:
        old = listed_raise(opened_on=utc_today() - dt.timedelta(days=10))
        new = listed_raise()
        since = (utc_now() - dt.timedelta(days=1)).isoformat()

        assert ids(fund(), published_since=since) == [str(new.pk)]
        assert ids(fund(), ordering="published_at") == [str(old.pk), str(new.pk)]

    def test_different_ones_hold_together(self) -> None:
        right = listed_raise(stage="seed", lead_capability__trl=8)
        listed_raise(stage="seed", lead_capability__trl=3)
        listed_raise(stage="growth", lead_capability__trl=8)

        assert ids(fund(), stage="seed", trl_min=8) == [str(right.pk)]

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("trl_min", "0"),
            ("trl_max", "ten"),
            ("maturity", "perfect"),
            ("instrument", "gift"),
            ("amount_min", "1e9"),
            ("share_eu", "0-0.35"),
            ("firm", "1"),
            ("own", "maybe"),
            ("published_since", "yesterday"),
            ("ordering", "trl"),
            ("ordering", "-amount,cadence_days"),
            ("ordering", "relevance"),
            ("ordering", "-score"),
            ("mandate", "58f71e07-d533-49d6-a41d-f71a702050cd"),
            ("with_facets", "yes"),
            ("with_count", "yes"),
            ("q", ""),
            ("q", "x" * 201),
            ("q", "?!"),
            ("cursor", "forged"),
            ("nothing", "1"),
        ],
    )
    def test_refuses_what_it_cannot_read(self, name: str, value: str) -> None:
        assert refused(fund(), **{name: value}) == [f"/{name}"] or name == "cursor"

    @pytest.mark.parametrize("name", ["q", "mandate", "ordering", "with_facets"])
    def test_refuses_some_twice(self, name: str) -> None:
        value = {"mandate": str(uuid4()), "ordering": "amount", "with_facets": "true"}.get(name, "word")

        assert refused(fund(), **{name: [value, value]}) == [f"/{name}"]


class TestOrder:
    @pytest.mark.parametrize(("name", "expected"), [("amount", "ABC"), ("-amount", "BAC")])
    def test_by_amount_with_the_unstated_last(self, name: str, expected: str) -> None:
        rows = {
            "C": listed_capability(),
            "A": listed_raise(amount=Decimal(10)),
            "B": listed_raise(amount=Decimal(20)),
        }
        letters = {str(row.pk): letter for letter, row in rows.items()}

        assert "".join(letters[found] for found in ids(fund(), ordering=name)) == expected

    @pytest.mark.parametrize("figure", ["adaptation", "cadence", "feedback", "delivery"])
    def test_by_each_speed_figure(self, figure: str) -> None:
        unmeasured = listed_raise()
        slow, fast = measured(listed_raise(), **{figure: 30.0}), measured(listed_raise(), **{figure: 3.0})
        client = fund()

        assert ids(client, ordering=f"{figure}_days") == [str(row.pk) for row in (fast, slow, unmeasured)]
        assert ids(client, ordering=f"-{figure}_days") == [str(row.pk) for row in (slow, fast, unmeasured)]

    def test_by_relevance_to_a_text(self) -> None:
        description = listed_raise(lead_capability__title="Interceptor drone")
        other = listed_raise(lead_capability__title="Interceptor")
        listed_raise(lead_capability__title="Radar")

        found = ids(fund(), q="interceptor")

        assert set(found) == {str(description.pk), str(other.pk)}
        assert ids(fund(), q="interceptor", ordering="relevance") == found[::-1]

    def test_marks_where_the_words_stand(self) -> None:
        listed_raise(lead_capability__title="Night interceptor")

        (shown,) = body(fund(), q="interceptor")["results"]

        marks = {item["field"]: [item["text"][a:b] for a, b in item["ranges"]] for item in shown["highlights"]}
        assert ["interceptor"] in marks.values()

    @pytest.mark.parametrize("order", ["-published_at", "published_at", "amount", "-amount", "cadence_days"])
    @pytest.mark.parametrize("size", [1, 2, 3, 7])
    def test_pages_on_and_back(self, order: str, size: int) -> None:
        for number in range(3):
            listed_raise(amount=Decimal(10 + number))
            measured(listed_capability(), cadence=5.0)
        client = fund()
        whole = ids(client, ordering=order)

        forth, page = [], body(client, ordering=order, page_size=size)
        pages = [page]
        while page["next"]:
            page = client.get(page["next"]).json()
            pages.append(page)
        forth = [row["id"] for each in pages for row in each["results"]]
        back = [row["id"] for row in page["results"]]
        while page["previous"]:
            page = client.get(page["previous"]).json()
            back = [row["id"] for row in page["results"]] + back

        assert forth == whole
        assert back == whole

    def test_a_cursor_stands_while_rows_come_in(self) -> None:
        rows = [listed_raise() for _ in range(4)]
        client = fund()
        first = body(client, page_size=2)
        listed_raise()
        listed_raise(opened_on=utc_today() - dt.timedelta(days=300))

        second = client.get(first["next"]).json()

        seen = [row["id"] for row in (*first["results"], *second["results"])]
        assert seen == [str(row.pk) for row in reversed(rows)]

    def test_a_cursor_does_not_open_another_list(self) -> None:
        for _ in range(3):
            listed_raise()
        client = fund()
        cursor = body(client, page_size=1)["next"].split("cursor=")[1].split("&")[0]

        assert client.get(URL, {"page_size": 1, "stage": "seed", "cursor": cursor}).status_code == 400
        assert client.get(URL, {"page_size": 1, "with_facets": "true", "cursor": cursor}).status_code == 200


class TestScore:
    """Ordered by one's own mandate: what it is paired with first."""

    def test_shows_the_paired_ones_first(self) -> None:
        mandate = mandate_made()
        paired = raise_made()
        run_drained()
        listings_refresh()
        newer = listed_raise()
        client = client_of(actor_of(mandate.fund.organisation))

        page = body(client, ordering="-score", mandate=str(mandate.pk))

        assert [row["id"] for row in page["results"]] == [str(paired.pk), str(newer.pk)]
        assert page["results"][0]["match"]["section"] in {"ranked", "needs_data"}
        assert page["results"][1]["match"] is None
        assert ids(client, ordering="score", mandate=str(mandate.pk)) == [str(newer.pk), str(paired.pk)]
        assert ids(client, mandate=str(mandate.pk)) == [str(newer.pk), str(paired.pk)]

    def test_pages_from_the_paired_into_the_others(self) -> None:
        mandate = mandate_made()
        pairs = [raise_made() for _ in range(3)]
        run_drained()
        listings_refresh()
        for _ in range(3):
            listed_raise()
        client = client_of(actor_of(mandate.fund.organisation))
        whole = ids(client, ordering="-score", mandate=str(mandate.pk))

        page = body(client, ordering="-score", mandate=str(mandate.pk), page_size=2)
        seen = [row["id"] for row in page["results"]]
        while page["next"]:
            page = client.get(page["next"]).json()
            seen += [row["id"] for row in page["results"]]

        assert seen == whole
        assert set(whole[:3]) == {str(item.pk) for item in pairs}

    def test_tells_by_no_cursor_how_many_hidden_ones_stand_before(self, monkeypatch: pytest.MonkeyPatch) -> None:
        mandate = mandate_made()
        for _ in range(3):
            raise_made()
        run_drained()
        listings_refresh()
        client = client_of(actor_of(mandate.fund.organisation))
        whole = ids(client, ordering="-score", mandate=str(mandate.pk))
        first = body(client, ordering="-score", mandate=str(mandate.pk), page_size=1)["next"]
        own = scores_of(mandate_id=mandate.pk)
        hidden = {uuid4(): Score(place, 9_999, "ranked") for place in range(20)}

        both = Scores(own.run_id, {**hidden, **own.by_raise})
        monkeypatch.setattr("apps.dealflow.selectors.listings.scores_of", lambda **_: both)
        page = body(client, ordering="-score", mandate=str(mandate.pk), page_size=1)

        assert page["next"] == first
        second = client.get(page["next"]).json()
        assert [row["id"] for row in page["results"] + second["results"]] == whole[:2]
        assert client.get(second["previous"]).json()["results"] == page["results"]

    def test_knows_no_mandate_but_ones_own(self) -> None:
        mandate = mandate_made()
        unknown, others = uuid4(), mandate.pk

        answers = [fund().get(URL, {"mandate": str(value), "ordering": "-score"}) for value in (unknown, others)]

        shown = [{**answer.json(), "request_id": ""} for answer in answers]
        assert [answer.status_code for answer in answers] == [400, 400]
        assert shown[0] == shown[1]

    def test_works_without_a_generation(self) -> None:
        mandate, row = mandate_made(), listed_raise()
        client = client_of(actor_of(mandate.fund.organisation))

        assert ids(client, ordering="-score", mandate=str(mandate.pk)) == [str(row.pk)]


class TestFacets:
    def test_counts_values_of_five_and_more(self) -> None:
        for _ in range(5):
            listed_raise(stage="seed", instruments=["loan", "bond"], lead_capability__trl=8)
        for _ in range(4):
            listed_raise(stage="growth", lead_capability__trl=8)

        facets = body(fund(), with_facets="true")["facets"]

        assert (facets["counted"], facets["is_exact"]) == (9, True)
        assert facets["stage"] == [{"value": "seed", "count": 5}]
        assert facets["trl"] == [{"value": 8, "count": 9}]
        assert {cell["value"]: cell["count"] for cell in facets["instrument"]} == {"loan": 5, "bond": 5}
        assert facets["seeks"] == [{"value": None, "count": 9}]
        assert facets["iteration_band"] == [{"value": None, "count": 9}]

    def test_counts_up_the_tree_of_areas(self) -> None:
        root = AreaFactory(code="UPPER")
        leaves = [AreaFactory(code=f"UPPER.L{number}", parent=root) for number in range(3)]
        for number in range(6):
            listed_raise(lead_capability__area=leaves[number % 3])

        facets = body(fund(), with_facets="true")["facets"]

        assert facets["area"] == [{"value": "UPPER", "count": 6}]

    def test_counts_what_the_filters_leave(self) -> None:
        for _ in range(5):
            listed_raise(stage="seed")
            listed_raise(stage="growth")

        facets = body(fund(), with_facets="true", stage="seed")["facets"]

        assert facets["stage"] == [{"value": "seed", "count": 5}]

    def test_counts_only_what_the_viewer_sees(self) -> None:
        rows = [listed_raise() for _ in range(6)]
        Organisation.objects.filter(pk=rows[0].organisation_id).update(dark_since=utc_now())

        found = body(fund(), with_facets="true", with_count="true")

        assert (found["facets"]["counted"], found["count"], found["count_is_exact"]) == (5, 5, True)

    def test_is_not_exact_beyond_what_is_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from apps.dealflow.selectors import facets as facets_module

        monkeypatch.setattr(facets_module, "COUNTED", 5)
        for _ in range(7):
            listed_raise()
        client = fund()

        found = body(client, with_facets="true", with_count="true")

        assert (found["facets"]["counted"], found["facets"]["is_exact"]) == (5, False)
        assert (found["count"], found["count_is_exact"]) == (5, False)
        assert body(client, with_count="true")["count"] == 5
        assert len(found["results"]) == 7

    def test_is_left_out_unless_asked(self) -> None:
        assert set(body(fund())) == {"results", "next", "previous"}
