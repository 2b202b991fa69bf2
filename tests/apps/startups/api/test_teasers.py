"""The T0 faces of firms: to all who are signed in, of all who published, telling nothing of fewer than five."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import ROLE_PERMISSIONS
from apps.startups.disclosure import firm_pseudonym
from apps.startups.models import Capability, Firm
from apps.startups.states import CapabilityStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory, actor_of, client_of, key_of
from tests.factories.reference import AreaFactory
from tests.factories.startups import CapabilityFactory, FirmFactory

pytestmark = pytest.mark.django_db

PLACE = "/api/v1/teasers"
FIELDS = {"id", "pseudonym", "area", "country", "trl_band", "size_band"}


def published(count: int = 1, *, area: str = "UMS", trl: int | None = 7, **fields: Any) -> list[Firm]:
    """Firms with a published capability each."""
    firms = FirmFactory.create_batch(count, **fields)
    for firm in firms:
        CapabilityFactory(firm=firm, area=AreaFactory(code=area), trl=trl)
    return firms


def reader(kind: str = "fund", **fields: Any) -> APIClient:
    return client_of(actor_of(OrganisationFactory(kind=kind, **fields)))


def rows(client: APIClient, query: str = "") -> list[dict[str, Any]]:
    answer = client.get(f"{PLACE}?{query}")
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]  # type: ignore[no-any-return]


class TestReaders:
    @pytest.mark.parametrize(("kind", "role"), sorted(ROLE_PERMISSIONS))
    def test_are_every_role_of_every_kind(self, kind: str, role: str) -> None:
        [firm] = published()
        client = client_of(actor_of(OrganisationFactory(kind=kind), role))

        assert [row["id"] for row in rows(client)] == [str(firm.teaser_id)]
        assert set(client.get(f"{PLACE}/{firm.teaser_id}").json()) == FIELDS

    @pytest.mark.parametrize("standing", Standing.values)
    def test_are_in_any_standing(self, standing: str) -> None:
        published()

        assert len(rows(reader(standing=standing))) == 1

    def test_are_nobody_without_sign_in_or_organisation(self) -> None:
        published()

        assert APIClient().get(PLACE).status_code == 401
        assert client_of(Actor(user_id=UserFactory().pk)).get(PLACE).status_code == 403

    def test_are_keys_that_may(self) -> None:
        published()
        owner = actor_of(OrganisationFactory(kind="fund"))
        answers = []
        for scope in ("startups.teaser.read", "startups.firm.read"):
            client = APIClient(headers={"authorization": f"Bearer {key_of(owner, scope).token}"})
            answers.append(client.get(PLACE).status_code)

        assert answers == [200, 403]


class TestPopulation:
    @pytest.mark.parametrize(
        ("standing", "is_seen"),
        [(Standing.REGISTERED, True), (Standing.VERIFIED, True), (Standing.SUSPENDED, False)],
    )
    def test_is_in_good_standing(self, standing: str, is_seen: bool) -> None:
        published(organisation__standing=standing)

        assert len(rows(reader())) == is_seen

    def test_leaves_out_the_dark_and_the_merged(self) -> None:
        [dark], [merged], [kept] = published(), published(), published()
        client = reader()
        Organisation.objects.filter(pk=dark.organisation_id).update(dark_since=utc_now())
        Organisation.objects.filter(pk=merged.organisation_id).update(merged_into=kept.organisation_id)

        assert [row["id"] for row in rows(client)] == [str(kept.teaser_id)]
        assert client.get(f"{PLACE}/{dark.teaser_id}").status_code == 404

    @pytest.mark.parametrize("status", CapabilityStatus.values)
    def test_has_published_something(self, status: str) -> None:
        CapabilityFactory(status=status)
        FirmFactory()

        assert len(rows(reader())) == (status == CapabilityStatus.PUBLISHED)

    def test_has_the_own_one_like_any_other(self) -> None:
        [own], [other] = published(), published()

        found = rows(client_of(actor_of(own.organisation)))

        assert {row["id"] for row in found} == {str(own.teaser_id), str(other.teaser_id)}
        assert found == rows(reader())

    def test_hidden_and_unknown_are_the_same_404(self) -> None:
        hidden = FirmFactory()
        client = reader()
        asked = [hidden.teaser_id, uuid7(), "no-id", hidden.pk]

        answers = [client.get(f"{PLACE}/{item}") for item in asked]

        assert {answer.status_code for answer in answers} == {404}
        assert len({str({**answer.json(), "request_id": ""}) for answer in answers}) == 1

    def test_is_not_to_be_changed(self) -> None:
        [firm] = published()
        client = client_of(actor_of(firm.organisation))

        for method in (client.post, client.put, client.patch, client.delete):
            assert method(f"{PLACE}/{firm.teaser_id}", {"country": "EE"}).status_code == 405


class TestFace:
    def test_tells_what_five_firms_share(self) -> None:
        AreaFactory(code="UMS.UAS", parent=AreaFactory(code="UMS"))
        published(5, area="UMS.UAS", trl=8, staff=40)

        found = rows(reader())

        assert {(row["area"], row["country"], row["trl_band"], row["size_band"]) for row in found} == {
            ("UMS", "UA", "7-9", "10-49")
        }
        assert all(set(row) == FIELDS for row in found)

    @pytest.mark.parametrize(
        ("changes", "face"),
        [
            ({"staff": 60}, ("UA", "7-9", None)),
            ({"trl": 5}, ("UA", None, None)),
            ({"organisation__country": "EE"}, (None, None, None)),
        ],
    )
    def test_gives_up_step_by_step_what_fewer_share(self, changes: dict[str, Any], face: tuple[Any, ...]) -> None:
        published(3, staff=40)
        published(2, **{"staff": 40, **changes})

        found = rows(reader())

        assert {(row["country"], row["trl_band"], row["size_band"]) for row in found} == {face}

    def test_is_not_opened_by_registering_more(self) -> None:
        [firm] = published(staff=40)
        published(8, staff=40, organisation__standing=Standing.REGISTERED)

        found = rows(reader())

        assert str(firm.teaser_id) in {row["id"] for row in found}
        assert {(row["country"], row["trl_band"], row["size_band"]) for row in found} == {(None, None, None)}

    def test_of_one_who_does_not_count_is_never_its_own(self) -> None:
        published(5, staff=40)
        published(1, staff=900, organisation__standing=Standing.REGISTERED)

        assert {(row["trl_band"], row["size_band"]) for row in rows(reader())} == {("7-9", None)}

    def test_of_a_rare_area_tells_the_area_alone(self) -> None:
        published(9)
        [rare] = published(area="EW")

        answer = reader().get(f"{PLACE}/{rare.teaser_id}").json()

        assert (answer["area"], answer["country"], answer["trl_band"], answer["size_band"]) == ("EW", None, None, None)

    def test_takes_the_highest_band_and_of_those_the_first_root(self) -> None:
        AreaFactory(code="EW.JAM", parent=AreaFactory(code="EW"))
        for firm in FirmFactory.create_batch(5):
            CapabilityFactory(firm=firm, area=AreaFactory(code="AAA"), trl=6)
            CapabilityFactory(firm=firm, area=AreaFactory(code="UMS"), trl=9)
            CapabilityFactory(firm=firm, area=AreaFactory(code="EW.JAM"), trl=7)
            CapabilityFactory(firm=firm, area=AreaFactory(code="AA"), trl=9, status=CapabilityStatus.DRAFT)
            CapabilityFactory(firm=firm, area=AreaFactory(code="AA"), trl=None)

        assert {(row["area"], row["trl_band"]) for row in rows(reader())} == {("EW", "7-9")}

    def test_shows_what_is_not_stated_as_unknown(self) -> None:
        published(5, trl=None, staff=None)

        assert {(row["trl_band"], row["size_band"]) for row in rows(reader())} == {(None, None)}

    def test_is_true_at_the_next_request(self) -> None:
        firms = published(5)
        client = reader()
        assert rows(client)[0]["size_band"] == "10-49"

        Organisation.objects.filter(pk=firms[0].organisation_id).update(standing=Standing.SUSPENDED)

        assert {row["country"] for row in rows(client)} == {None}

    def test_shows_no_cell_of_fewer_than_five(self) -> None:
        for index, (country, staff, trl) in enumerate(
            [("UA", 5, 8)] * 11 + [("UA", 60, 8)] * 3 + [("EE", 5, 5)] * 6 + [("PL", 5, 2)] * 2 + [("FI", 900, 9)]
        ):
            published(organisation__country=country, staff=staff + index % 2, trl=trl)

        cells = Counter(
            (row["area"], row["country"], row["trl_band"], row["size_band"]) for row in rows(reader(), "page_size=200")
        )

        assert sum(cells.values()) == 23
        assert min(cells.values()) >= 5


class TestLinks:
    """Nothing leads from a teaser to what is seen at T1."""

    def test_there_are_none_in_an_answer(self) -> None:
        firms = published(5)
        client = reader()

        body = client.get(PLACE).content.decode() + str(client.get(f"{PLACE}/{firms[0].teaser_id}").headers)

        for firm in firms:
            assert str(firm.pk) not in body
            assert str(firm.organisation_id) not in body
            assert firm_pseudonym(firm_id=str(firm.pk)) not in body
            assert firm.organisation.legal_name not in body

    def test_ids_tell_no_order_of_entry(self) -> None:
        firms = published(30)
        by_entry = [str(firm.teaser_id) for firm in firms]

        found = [row["id"] for row in rows(reader())]

        assert found == sorted(by_entry)
        assert found != by_entry
        assert {firm.teaser_id.version for firm in firms} == {4}

    @pytest.mark.parametrize(
        "query", ["ordering=created_at", "ordering=area", "name=x", "startup=x", "as=T0", "own=true"]
    )
    def test_lists_take_no_other_order_or_filter(self, query: str) -> None:
        assert reader().get(f"{PLACE}?{query}").status_code == 400

    def test_two_worlds_that_differ_above_t0_look_alike(self) -> None:
        firms = published(6, trl=7, staff=40)
        client = reader(standing="registered")
        places = [f"{PLACE}?with_count=true&page_size=3", f"{PLACE}/{firms[0].teaser_id}"]
        before = [(answer.content, answer.headers.get("ETag")) for answer in map(client.get, places)]

        Firm.objects.update(
            region="UA-63", founded_on=None, staff=12, summary="Else.", naming="all_verified", version=7
        )
        Capability.objects.update(title="Else", trl=9, maturity="serial", tier="E0", unit_cost=None, flags=None)
        Organisation.objects.filter(kind="firm").update(legal_name="Else", version=9)
        CapabilityFactory(firm=firms[0], trl=5, area=AreaFactory(code="AAA"))
        CapabilityFactory(firm=firms[1], status=CapabilityStatus.DRAFT)

        assert before == [(answer.content, answer.headers.get("ETag")) for answer in map(client.get, places)]


class TestFilters:
    def test_act_on_what_is_shown(self) -> None:
        published(6, staff=40)
        published(6, staff=5)
        published(2, organisation__country="EE", area="EW")
        client = reader()

        assert len(rows(client, "country=UA")) == 12
        assert len(rows(client, "country=UA&size_band=1-9")) == 6
        assert len(rows(client, "area=UMS&trl_band=7-9")) == 12
        assert len(rows(client, "area=EW")) == 2

    @pytest.mark.parametrize("query", ["country=EE", "size_band=250%2B", "trl_band=1-3", "area=EW&country=EE"])
    def test_do_not_find_what_was_made_coarse(self, query: str) -> None:
        published(6)
        published(2, organisation__country="EE", area="EW", staff=900, trl=2)

        answer = reader().get(f"{PLACE}?{query}&with_count=true").json()

        assert (answer["results"], answer["count"]) == ([], 0)

    def test_counts_are_of_what_is_found(self) -> None:
        published(6)
        published(5, organisation__country="EE")

        assert reader().get(f"{PLACE}?country=EE&with_count=true").json()["count"] == 5

    @pytest.mark.parametrize("query", ["size_band=huge", "trl_band=10", "country=", "area="])
    def test_refuse_what_is_no_value(self, query: str) -> None:
        assert reader().get(f"{PLACE}?{query}").status_code == 400

    def test_pages_join_without_gap_or_repeat(self) -> None:
        firms = published(11)
        client = reader()
        found, place = [], f"{PLACE}?page_size=4&country=UA"
        while place:
            answer = client.get(place).json()
            found += [row["id"] for row in answer["results"]]
            place = answer["next"]

        assert found == sorted(str(firm.teaser_id) for firm in firms)


class TestQueries:
    def test_are_as_many_for_many_as_for_few(self) -> None:
        client = reader()
        taken = []
        for size in (2, 30):
            published(size)
            with CaptureQueriesContext(
                connection,
            ) as queries:
                rows(client)
            taken.append(len(queries))

        assert taken == [3, 3]  # the areas, the cells, the page
