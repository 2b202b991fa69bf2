"""Capability areas for tests."""

import factory

from apps.reference.models import CapabilityArea


class AreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CapabilityArea
        django_get_or_create = ("code",)

    code = "UMS"
    label_en = factory.LazyAttribute(lambda area: f"Area {area.code}")
    label_uk = factory.LazyAttribute(lambda area: f"Напрям {area.code}")
    edition = "areas-1"
