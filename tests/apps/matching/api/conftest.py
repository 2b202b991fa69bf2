"""Who uses matching over HTTP."""

import pytest

from tests.factories.matching import mandate_made, raise_made
from tests.factories.organisations import OrganisationFactory, actor_of, client_of


@pytest.fixture
def operator():
    return client_of(actor_of(OrganisationFactory(kind="operator", country="EE")))


@pytest.fixture
def world():
    mandate, item = mandate_made(), raise_made()
    return {
        "mandate": mandate,
        "raise": item,
        "fund": client_of(actor_of(mandate.fund.organisation)),
        "firm": client_of(actor_of(item.firm.organisation)),
    }
