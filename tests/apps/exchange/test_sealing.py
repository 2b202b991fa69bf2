"""Content at rest."""

from uuid import uuid4

import pytest

from apps.exchange.sealing import ContentSealedOtherwise, content_seal, content_unseal


class TestSealing:
    def test_opens_for_its_export_alone(self):
        own = uuid4()
        sealed = content_seal(content=b"rows", export_id=own)

        assert content_unseal(sealed=sealed, export_id=own) == b"rows"
        with pytest.raises(ContentSealedOtherwise):
            content_unseal(sealed=sealed, export_id=uuid4())

    def test_outlives_a_change_of_the_key(self, settings):
        own = uuid4()
        sealed = content_seal(content=b"rows", export_id=own)
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 5, [settings.SECRET_KEY]

        assert content_unseal(sealed=sealed, export_id=own) == b"rows"
