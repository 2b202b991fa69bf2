"""Vaults and keys: one vault an organisation, keys that open at their place only, erasure when nothing needs them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from apps.documents.encryption import ContentDamaged
from apps.documents.keys.masters import MasterKeyMissing
from apps.documents.models import DocumentVersion, Vault, VaultKey
from apps.documents.services.keys import (
    ERASED_AFTER,
    data_key_open,
    upload_key_open,
    vault_for,
    vault_key_add,
    vault_key_current,
    vault_key_for,
    vault_key_open,
    vault_keys_erase,
)
from kernel.clock import utc_now
from kernel.models import Event
from tests.apps.documents.services.stored import keyed_upload, keyed_versions
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vault() -> Vault:
    return vault_for(organisation_id=OrganisationFactory().pk)


class TestVaultFor:
    def test_makes_one_with_a_key_and_tells_it(self) -> None:
        organisation = OrganisationFactory()

        made = [vault_for(organisation_id=organisation.pk) for _ in range(2)]

        assert made[0] == made[1]
        assert list(VaultKey.objects.filter(vault=made[0]).values_list("number", "master")) == [(1, "tests")]
        told = Event.objects.filter(object_id=made[0].pk).order_by("id")
        assert [event.name for event in told] == ["documents.vault.created", "documents.vault.key_added"]
        assert {event.organisation_id for event in told} == {organisation.pk}

    def test_keeps_no_key_in_the_clear(self, vault: Vault) -> None:
        key = vault_key_current(vault=vault)

        assert vault_key_open(vault_key=key) not in bytes(key.wrapped or b"")

    def test_without_master_makes_nothing(self, settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {}
        organisation = OrganisationFactory()

        with pytest.raises(MasterKeyMissing):
            vault_for(organisation_id=organisation.pk)

        assert not Vault.objects.exists()


class TestVaultKeyFor:
    def test_is_the_newest(self, vault: Vault) -> None:
        added = vault_key_add(vault=vault)

        assert vault_key_for(organisation_id=vault.organisation_id) == added
        assert added.number == 2


class TestVaultKeyOpen:
    def test_does_not_open_at_another_place(self, vault: Vault) -> None:
        other = vault_key_add(vault=vault)
        first = VaultKey.objects.get(vault=vault, number=1)

        first.wrapped = other.wrapped

        with pytest.raises(ContentDamaged):
            vault_key_open(vault_key=first)

    def test_names_the_master_that_is_not_there(self, vault: Vault, settings: Any) -> None:
        settings.DOCUMENT_MASTER_KEYS = {"other": bytes(32)}

        with pytest.raises(MasterKeyMissing, match="'tests'"):
            vault_key_open(vault_key=vault_key_current(vault=vault))


class TestDataKeys:
    def test_open_at_their_version_only(self, vault: Vault) -> None:
        (one, plain), (two, _) = keyed_versions(vault, 2).items()
        first, second = DocumentVersion.objects.get(pk=one), DocumentVersion.objects.get(pk=two)

        assert data_key_open(version=first) == plain
        first.wrapped_key = second.wrapped_key
        with pytest.raises(ContentDamaged):
            data_key_open(version=first)

    def test_that_were_destroyed_open_nothing(self, vault: Vault) -> None:
        version = DocumentVersion.objects.get(pk=next(iter(keyed_versions(vault, 1))))
        version.wrapped_key = version.vault_key = None

        with pytest.raises(ContentDamaged):
            data_key_open(version=version)

    def test_of_uploads_open(self) -> None:
        upload, plain = keyed_upload(OrganisationFactory())

        assert upload_key_open(upload=upload) == plain


class TestVaultKeysErase:
    @pytest.fixture
    def retired(self, vault: Vault) -> VaultKey:
        key = vault_key_current(vault=vault)
        vault_key_add(vault=vault)
        key.retired_at = utc_now()
        key.save()
        return key

    def test_waits_a_day(self, retired: VaultKey) -> None:
        assert retired.retired_at is not None
        moment = retired.retired_at + ERASED_AFTER

        assert vault_keys_erase(now=moment - dt.timedelta(seconds=1)) == 0
        assert vault_keys_erase(now=moment + dt.timedelta(seconds=1)) == 1
        retired.refresh_from_db()
        assert retired.wrapped is None
        with pytest.raises(ContentDamaged):
            vault_key_open(vault_key=retired)

    @pytest.mark.parametrize("holder", ["version", "upload"])
    def test_spares_what_is_needed(self, vault: Vault, holder: str) -> None:
        if holder == "version":
            keyed_versions(vault, 1)
        else:
            keyed_upload(vault.organisation)
        VaultKey.objects.filter(vault=vault).update(retired_at=utc_now())

        assert vault_keys_erase(now=utc_now() + 2 * ERASED_AFTER) == 0

    def test_spares_what_is_in_use(self, vault: Vault) -> None:
        assert vault_keys_erase(now=utc_now() + 2 * ERASED_AFTER) == 0
        assert vault_key_current(vault=vault).wrapped is not None
