"""Instruments of finance and their classes."""

from django.db import models


class InstrumentClass(models.TextChoices):
    EQUITY = "equity"
    DEBT = "debt"
    GRANT = "grant"


class Instrument(models.TextChoices):
    EQUITY = "equity"
    CONVERTIBLE = "convertible"
    LOAN = "loan"
    BOND = "bond"
    VENTURE_DEBT = "venture_debt"
    GUARANTEE = "guarantee"
    GRANT = "grant"


CLASS_OF: dict[str, InstrumentClass] = {
    Instrument.EQUITY: InstrumentClass.EQUITY,
    Instrument.CONVERTIBLE: InstrumentClass.EQUITY,
    Instrument.LOAN: InstrumentClass.DEBT,
    Instrument.BOND: InstrumentClass.DEBT,
    Instrument.VENTURE_DEBT: InstrumentClass.DEBT,
    Instrument.GUARANTEE: InstrumentClass.DEBT,
    Instrument.GRANT: InstrumentClass.GRANT,
}
