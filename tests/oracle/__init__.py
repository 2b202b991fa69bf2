"""An independent reading of the scoring model, in plain Python: what the engine's answers are compared with.

It reads a folder in the import format and shares no code with the product. Money, rates, shares and gates are exact
fractions of the decimals as written; features are float64. Where the text of the model leaves room, this is what is
read here:

Pool and rows
- A raise without `opened_on` is open; `opened_on` = as_of and `need_by` = as_of are in the pool. Now is as_of at 00:00.
- A code alone in a weighted list weighs 1. A currency without a rate makes its amount unknown (ticket and capacity
  gates unknown, ticket_fit 0). An amount of a lever without a currency is in EUR.
- An import that is not verified: `verified` fails, `screening` is unknown, an event's own tier is at most E1, and deals
  form no durations.

Gates
- One clear "no" decides a gate even if something else in it is unknown.
- `stage` passes if the mandate gives none, whatever the raise says; `exclusions` and a lever that excludes nothing pass
  without declared flags. "These flags" of a lever are those of all the firm's capabilities.
- `dependency` is unknown without a bill (none, or none that costs anything, or in a currency without a rate), also
  for a limit of 1.
- `lever`: no offer passes; an offer whose currency has no inflation figure is no offer; a named lever that is not in
  the import fails. The formula of debt names no country, so debt always has a build-up.
- `structure`: both sides write their stake under `max_stake`; a term without `!` on either side never binds.
- `history`: day 90 (365) itself still counts; a material change is an order of E2 or better strictly after the decline,
  for any capability of the firm. A later deal lifts nothing. Declines after as_of do not exist yet.

Rates and features
- Where the instruments of both sides are of two classes, the raise's class is that of the pair.
- Rates are rounded half up from exact fractions; the premium of a lever is not converted for inflation.
- Grants: risk_paid is a prior (u = 1), cost_saving 1 (u = 0), patience 1, the fund's complementarity 0.
- No offer: cost_saving 0 with u = 1, before k_marginal is looked at; in the public score it is then the prior mean too.
- A place holds a country by its code or a region by its code, no groups. A needed tenor of 0 is always met.
- cover with a cap applies to the upper end of the common ticket even if the interval is empty.
- Area figures are inherited one by one: a null is not a figure.

Events
- The tier of an event that is not stated is E0; an attestation after as_of does not exist yet; E3 is above E2 when "the
  first answer of the highest tier" is chosen.
- A refused, never confirmed correction takes no effect. A correction that takes no effect is no event of its own. It
  must lie in the capability of what it corrects, and does not inherit `answers`. Of two corrections of one event the
  higher tier stands, then the later row. A correction of a correction corrects what that one corrected.
- A correction takes effect by its tier alone; what then lies after as_of enters nothing.
- An answer dated before its question counts as one of 0.25 days. An answer in another capability answers nothing, for
  cadence too. E0 answers neither close a duration nor count as "a release before".
- A figure with open durations only rests on a duration: it is no prior (u is 1, so it stands at the prior mean, and
  counts in the mean speed of complementarity).
- A countermeasure in an area without a cycle changes nothing: adaptation stays prior.
- `decision_speed` is the prior mean without a cash duration, whatever the log of closed and passed says.
"""

from tests.oracle.world import Pair, World, load

__all__ = ["Pair", "World", "load"]
