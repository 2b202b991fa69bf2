"""The shape of a firm's T0 face."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.tiered import TieredSerializer
from apps.startups.disclosure import (
    SIZE_BANDS,
    TEASER,
    teaser_pseudonym,
)
from apps.startups.rules.teasers import TRL_BANDS
from apps.startups.selectors import face_parts


class TeaserOut(TieredSerializer):
    """A firm to those who are not verified: null is not stated, or told of fewer than five firms."""

    tiers = TEASER

    id = serializers.UUIDField(source="teaser_id", help_text="Of the teaser alone, not the firm's.")
    pseudonym = serializers.SerializerMethodField(help_text="Of the teaser alone, not the one that counterparts see.")
    area = serializers.SerializerMethodField(help_text="Root area of the most mature capability.")
    country = serializers.SerializerMethodField()
    trl_band = serializers.SerializerMethodField()
    size_band = serializers.SerializerMethodField()

    def get_pseudonym(self, firm: Any) -> str:
        return teaser_pseudonym(teaser_id=str(firm.teaser_id))

    def get_area(self, firm: Any) -> str:
        return face_parts(firm.face).area

    def get_country(self, firm: Any) -> str | None:
        return face_parts(firm.face).country

    @extend_schema_field(serializers.ChoiceField(choices=list(TRL_BANDS), allow_null=True))
    def get_trl_band(self, firm: Any) -> str | None:
        return face_parts(firm.face).trl_band

    @extend_schema_field(serializers.ChoiceField(choices=SIZE_BANDS, allow_null=True))
    def get_size_band(self, firm: Any) -> str | None:
        return face_parts(firm.face).size_band
