"""Pure decisions about mandates, levers and capacity."""

from apps.investors.rules.capacity import capacity_left, held_amount
from apps.investors.rules.levers import Admission, Answer, LeverTerms, Reason, dates_problems, lever_admits
from apps.investors.rules.mandates import (
    DRAFTS_PER_DAY,
    EDITS_PER_DAY,
    EXCLUDABLE,
    FOREIGN_SHARE_EDGES,
    TICKETS,
    flag_problems,
    follow_on_problems,
    foreign_share_problems,
    ticket_problems,
    trl_problems,
    weight_problems,
)

__all__ = [
    "DRAFTS_PER_DAY",
    "EDITS_PER_DAY",
    "EXCLUDABLE",
    "FOREIGN_SHARE_EDGES",
    "TICKETS",
    "Admission",
    "Answer",
    "LeverTerms",
    "Reason",
    "capacity_left",
    "dates_problems",
    "flag_problems",
    "follow_on_problems",
    "foreign_share_problems",
    "held_amount",
    "lever_admits",
    "ticket_problems",
    "trl_problems",
    "weight_problems",
]
