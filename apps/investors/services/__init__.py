"""What funds do: state who they are, what lets them offer less, what they will finance, and what of it is taken."""

from apps.investors.services.capacity import (
    CapacityUsedUp,
    HeldOtherwise,
    HoldEnded,
    HoldNotAcceptable,
    HoldUsedUp,
    MandateHoldsNothing,
    NoSuchHold,
    capacity_consume,
    capacity_expire,
    capacity_release,
    capacity_reserve,
)
from apps.investors.services.funds import (
    FUND_FIELDS,
    SCORED_FUND_FIELDS,
    FundNotAcceptable,
    NotAFund,
    fund_own,
    fund_register,
    fund_update,
)
from apps.investors.services.levers import (
    LEVER_FIELDS,
    SCORED_LEVER_FIELDS,
    LeverNotAcceptable,
    lever_create,
    lever_update,
)
from apps.investors.services.limits import MATCHED, TooManyEditsToday, TooManyMandatesToday
from apps.investors.services.mandate_terms import (
    AMOUNTS,
    MANDATE_FIELDS,
    SCORED_MANDATE_FIELDS,
    WEIGHTED,
    MandateNotAcceptable,
)
from apps.investors.services.mandates import (
    MandateEnded,
    mandate_activate,
    mandate_close,
    mandate_create,
    mandate_pause,
    mandate_update,
    mandates_follow,
)
from apps.investors.services.public_levers import levers_load
from apps.investors.services.versions import versions_record

__all__ = [
    "AMOUNTS",
    "FUND_FIELDS",
    "LEVER_FIELDS",
    "MANDATE_FIELDS",
    "MATCHED",
    "SCORED_FUND_FIELDS",
    "SCORED_LEVER_FIELDS",
    "SCORED_MANDATE_FIELDS",
    "WEIGHTED",
    "CapacityUsedUp",
    "FundNotAcceptable",
    "HeldOtherwise",
    "HoldEnded",
    "HoldNotAcceptable",
    "HoldUsedUp",
    "LeverNotAcceptable",
    "MandateEnded",
    "MandateHoldsNothing",
    "MandateNotAcceptable",
    "NoSuchHold",
    "NotAFund",
    "TooManyEditsToday",
    "TooManyMandatesToday",
    "capacity_consume",
    "capacity_expire",
    "capacity_release",
    "capacity_reserve",
    "fund_own",
    "fund_register",
    "fund_update",
    "lever_create",
    "lever_update",
    "levers_load",
    "mandate_activate",
    "mandate_close",
    "mandate_create",
    "mandate_pause",
    "mandate_update",
    "mandates_follow",
    "versions_record",
]
