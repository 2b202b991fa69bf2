"""The scoring model once more, pair by pair in plain Python, straight from its specification."""

import datetime as dt
import math

from apps.matching.engine.facts import Answer, MandateFacts, RaiseFacts

CLASS = {
    "equity": "equity",
    "convertible": "equity",
    "loan": "debt",
    "bond": "debt",
    "venture_debt": "debt",
    "guarantee": "debt",
    "grant": "grant",
}
FAIL, UNKNOWN, PASS = "fail", "unknown", "pass"


def phi(z):
    return 0.5 * math.erfc(-z / math.sqrt(2))


def clamp(x):
    return min(1.0, max(0.0, x))


class Plain:
    """Scores pairs from the parsed JSON files."""

    def __init__(self, model, areas, reference, as_of: dt.date):
        self.model, self.reference, self.as_of = model, reference, as_of
        self.areas = {row["code"]: row for row in areas["areas"]}

    def path(self, code):
        steps = []
        while code is not None:
            steps.append(code)
            code = self.areas[code]["parent"]
        return steps

    def affinity(self, a, held):
        below = self.path(held)
        for u, step in enumerate(self.path(a)):
            if step in below:
                return 0.35**u
        return 0.0

    def bp(self, rate, currency):
        inflation = self.reference["inflation"]
        if rate is None or not isinstance(inflation.get(currency), float):
            return None
        if currency != "EUR":
            rate = (1 + rate) * (1 + inflation["EUR"]) / (1 + inflation[currency]) - 1
        return math.floor(1e4 * rate + 0.5)

    def strength(self, item):
        if item.is_lead:
            return 1.0
        return 0.8 * self.model["maturity"][item.maturity] * self.model["tier_weight"][item.tier or "E0"]

    def overlap(self, m: MandateFacts, r: RaiseFacts):
        parts = [w * max(self.strength(c) * self.affinity(a, c.area) for c in r.capabilities) for a, w in m.areas]
        return math.fsum(parts) / math.fsum(w for _, w in m.areas)

    def speeds(self, r: RaiseFacts):
        lead = next(c for c in r.capabilities if c.is_lead)
        area, prior, out = self.areas[lead.area], self.model["prior_mean"], {}
        for name in ("adaptation", "cadence", "feedback", "delivery"):
            figure, cycle = getattr(r, name), area["countermeasure_cycle_days"]
            if figure is None or (name == "adaptation" and cycle is None):
                out[name] = (prior[name], 1.0, True)
                continue
            if name == "adaptation":
                x = phi(
                    (math.log(cycle["median"]) - math.log(figure.days))
                    / math.sqrt(figure.sigma**2 + cycle["sigma"] ** 2)
                )
            elif name == "cadence":
                x = clamp(math.log2(area["european_iteration_days"] / figure.days) / 4)
            elif name == "feedback":
                x = 2 ** (-figure.days / area["half_life_days"])
            else:
                x = 2 ** (-figure.days / area["delivery_half_life_days"])
            u = 2 / (2 + figure.weight)
            out[name] = (max(prior[name], u * prior[name] + (1 - u) * x), u, False)
        return area["profile"], out

    def decision(self, m: MandateFacts):
        prior = self.model["prior_mean"]["decision_speed"]
        if m.cash is None:
            return prior, 1.0
        close = (m.deals_closed + 0.5) / (m.deals_closed + m.deals_passed + m.deals_lapsed + 2)
        x = close * phi((math.log(180) - math.log(m.cash.days)) / m.cash.sigma)
        u = 2 / (2 + m.cash.weight)
        return max(prior, u * prior + (1 - u) * x), u

    def build_parts(self, klass, country, tier):
        equity, debt = self.reference["cost_of_equity"], self.reference["cost_of_debt"]
        rf = equity["risk_free"]["value"]
        if klass == "equity":
            fixed = [rf, equity["beta"]["value"] * equity["mature_erp"]["value"], equity["size_premium"]["value"]]
            return fixed, self.reference["country_risk_premium"]["values"].get(country)
        return [rf, debt["margin"]["value"]], debt["expected_loss_per_year_by_tier"][tier or "E0"]

    def rates(self, klass, country, tier, cover, premium):
        if klass == "grant":
            return None, None
        fixed, risk = self.build_parts(klass, country, tier)
        if risk is None:
            return None, None
        build = math.floor(1e4 * math.fsum([*fixed, risk]) + 0.5)
        required = math.floor(1e4 * math.fsum([*fixed, risk * (1 - cover), premium]) + 0.5)
        return build, min(build, required)

    def lever(self, m: MandateFacts, r: RaiseFacts, klass):
        lever = m.lever
        if lever is None:
            return FAIL
        answers = []
        if (lever.valid_from and self.as_of < lever.valid_from) or (lever.valid_to and self.as_of > lever.valid_to):
            answers.append(FAIL)
        for given, value in ((lever.classes, klass), (lever.countries, r.country)):
            answers.append(UNKNOWN if given is None else PASS if value in given else FAIL)
        if lever.excluded_flags is None or (lever.excluded_flags and r.flags is None):
            answers.append(UNKNOWN)
        elif set(lever.excluded_flags) & set(r.flags or ()):
            answers.append(FAIL)
        return FAIL if FAIL in answers else UNKNOWN if UNKNOWN in answers else PASS

    def terms(self, m: MandateFacts, r: RaiseFacts):
        ours, theirs, answers = {t.name: t for t in m.terms}, {t.name: t for t in r.terms}, [PASS]
        for name in {**ours, **theirs}:
            one, other = ours.get(name), theirs.get(name)
            if not ((one and one.required) or (other and other.required)):
                continue
            if one is None or other is None:
                answers.append(UNKNOWN)
            elif name == "max_stake":
                answers.append(PASS if float(one.value) <= float(other.value) else FAIL)
            else:
                answers.append(PASS if one.value == other.value else FAIL)
        return FAIL if FAIL in answers else UNKNOWN if UNKNOWN in answers else PASS

    def gates(self, m: MandateFacts, r: RaiseFacts, klass, overlap, low, high, build, offer):
        def both(*answers):
            return FAIL if Answer.FAIL in answers else UNKNOWN if Answer.UNKNOWN in answers else PASS

        fx = self.reference["fx_to_eur"]["values"]
        out = {"verified": both(m.verified, r.verified), "screening": both(m.screening, r.screening)}
        out["area"] = PASS if overlap > 0 else FAIL
        out["country"] = PASS if not m.countries or r.issuer_country in m.countries else FAIL
        out["instrument"] = PASS if set(m.instruments) & set(r.instruments) else FAIL
        out["stage"] = PASS
        if m.stages:
            out["stage"] = UNKNOWN if r.stage is None else PASS if dict(m.stages).get(r.stage, 0) > 0 else FAIL
        out["ticket"] = PASS if low <= high else FAIL
        out["trl"] = PASS
        if m.trl_min is not None or m.trl_max is not None:
            out["trl"] = UNKNOWN if r.trl is None else PASS if self.trl(m, r) > 0 else FAIL
        out["exclusions"] = PASS
        if m.exclusions:
            out["exclusions"] = UNKNOWN if r.flags is None else FAIL if set(m.exclusions) & set(r.flags) else PASS
        out["dependency"] = PASS
        if m.max_foreign_share is not None:
            band = [(a, b) for name, a, b in r.foreign_bands if name == m.perimeter]
            out["dependency"] = UNKNOWN
            if band:
                a, b = band[0]
                out["dependency"] = PASS if b <= m.max_foreign_share else FAIL if a >= m.max_foreign_share else UNKNOWN
        out["capacity"] = PASS if m.capacity is None or m.capacity * fx[m.currency] >= low else FAIL
        out["lever"] = PASS
        if m.offered_cost is not None and klass != "grant":
            if offer is None or build is None:
                out["lever"] = UNKNOWN
            elif offer < build:
                out["lever"] = self.lever(m, r, klass)
        out["structure"] = self.terms(m, r)
        out["firm_exclusions"] = self.blocked(m, r)
        out["history"] = FAIL if any(self.stands(d, r) for d in m.declines if d.firm_id == r.firm_id) else PASS
        return out

    def blocked(self, m, r):
        if {m.fund_id, m.fund_country, *(m.investor_countries or ())} & set(r.blocked):
            return FAIL
        level, least = m.verification_level, r.min_verification_level
        if least is not None and level is not None and level < least:
            return FAIL
        undeclared = m.investor_countries is None and any(len(code) == 2 for code in r.blocked)
        return UNKNOWN if undeclared or (least is not None and level is None) else PASS

    def stands(self, decline, r):
        age = (self.as_of - decline.on).days
        if decline.reason == "never":
            return True
        if decline.reason == "too_early":
            return age <= 90 and not (r.changed_on is not None and r.changed_on > decline.on)
        return age <= 365

    @staticmethod
    def trl(m, r):
        if m.trl_min is None and m.trl_max is None:
            return 1.0
        if r.trl is None:
            return 0.0
        d = max(0, (m.trl_min - r.trl) if m.trl_min else 0, (r.trl - m.trl_max) if m.trl_max else 0)
        return max(0.0, 1 - d / 2)

    def ticket(self, m, r, tmin, tmax, left, own_min):
        centre = m.ticket_typical * self.fx(m) if m.ticket_typical is not None else math.sqrt(tmin * tmax)
        t = min(max(centre, own_min), left) if r.syndicate else left
        sigma = max(0.35, math.log(m.ticket_max / m.ticket_min) / 3.29)
        return math.exp(-0.5 * ((math.log(t) - math.log(centre)) / sigma) ** 2)

    def fx(self, item):
        return self.reference["fx_to_eur"]["values"][item.currency]

    def geography(self, m, r):
        if not m.places:
            return 1.0
        here = {r.country} if r.country in self.reference["country_groups"]["at_war"] else {r.country, r.region}
        return max([w for code, w in m.places if code in here], default=0.0) / max(w for _, w in m.places)

    def pair(self, m: MandateFacts, r: RaiseFacts):
        """Everything published of a pair: gates, contributions, scores, confidence (ppm)."""
        klass = CLASS[r.instruments[0]]
        tmin, tmax = m.ticket_min * self.fx(m), m.ticket_max * self.fx(m)
        left = (r.amount if r.amount_left is None else r.amount_left) * self.fx(r)
        own_min = (r.min_ticket or 0.0) * self.fx(r)
        low, high = max(own_min if r.syndicate else left, tmin), min(left, tmax)
        overlap = self.overlap(m, r)
        offer, marginal = self.bp(m.offered_cost, m.currency), self.bp(r.marginal_cost, r.currency)
        cover = premium = 0.0
        if m.lever is not None and self.lever(m, r, klass) == PASS:
            cover, premium = m.lever.risk_cover or 0.0, m.lever.premium or 0.0
            if m.lever.cover_cap is not None:
                cap = m.lever.cover_cap * self.reference["fx_to_eur"]["values"][m.lever.currency]
                cover = cover * min(1.0, cap / high)
        build, required = self.rates(klass, r.country, r.financials_tier, cover, premium)
        build3, required3 = self.rates(klass, r.country, "E3", cover, premium)
        prior = self.model["prior_mean"]
        risk_known = klass != "grant" and offer is not None and build is not None
        risk = clamp(0.5 + (offer - required) / 1000) if risk_known else prior["risk_paid"]
        saving, saving_known = 0.0, True
        if klass == "grant":
            saving = 1.0
        elif offer is not None and marginal is None:
            saving, saving_known = prior["cost_saving"], False
        elif offer is not None:
            saving = min(5, max(0, (marginal - offer) // 400)) / 5
        patience = 1.0
        if klass != "grant":
            patience = min(1.0, m.tenor_years / r.tenor_years) if m.tenor_years and r.tenor_years else 0.0
        profile, speeds = self.speeds(r)
        given = self.model["weights"]["investor"][profile]
        speed = math.fsum(given[n] * (0.0 if speeds[n][2] else speeds[n][0]) for n in speeds) / sum(given.values())
        spread = 0.0 if build3 is None else clamp((build3 - required3) / 2000)
        lead = next(c for c in r.capabilities if c.is_lead)
        common = {
            "area_overlap": overlap,
            "stage_fit": dict(m.stages).get(r.stage, 0.0) / max(dict(m.stages).values()) if m.stages else 1.0,
            "trl_fit": self.trl(m, r),
            "ticket_fit": self.ticket(m, r, tmin, tmax, left, own_min),
            "geography_fit": self.geography(m, r),
            "patience": patience,
        }

        def rank(own, others):
            return next((1 / (1 + 0.5 * k) for k, name in enumerate(own) if name in others), 0.0)

        decision, decision_u = self.decision(m)
        capacity = low if m.capacity is None else m.capacity * self.fx(m)
        x = {
            "investor": {
                **common,
                **{n: speeds[n][0] for n in speeds},
                "evidence": self.model["maturity"][lead.maturity] * self.model["tier_weight"][lead.tier or "E0"],
                "risk_paid": risk,
                "instrument_rank": rank(m.instruments, r.instruments),
                "complementarity": math.sqrt(spread * speed) * patience,
            },
            "startup": {
                **common,
                "cost_saving": saving,
                "instrument_rank": rank(r.instruments, m.instruments),
                "decision_speed": decision,
                "complementarity": math.sqrt(saving * speed) * patience,
                "capacity": min(1.0, capacity / left),
            },
        }
        public = dict(x["startup"])
        if klass != "grant":
            public["cost_saving"] = prior["cost_saving"]
            public["complementarity"] = math.sqrt(prior["cost_saving"] * speed) * patience
        c = {side: self.contributions(side, profile, x[side]) for side in x}
        scores = {side: sum(c[side].values()) for side in c}
        public_score = sum(self.contributions("startup", profile, public).values())
        u_of = self.model["tier_uncertainty"]
        u_offer, u_cost = u_of[m.offer_tier or "E0"], u_of[r.cost_tier or "E0"]
        u_saving = 0.0 if klass == "grant" else max(u_offer, u_cost) if offer is not None and saving_known else 1.0
        u = {
            "investor": {
                **{n: speeds[n][1] for n in speeds},
                "evidence": u_of[lead.tier or "E0"],
                "risk_paid": u_offer if risk_known else 1.0,
            },
            "startup": {"cost_saving": u_saving, "decision_speed": decision_u},
        }
        return {
            "gates": self.gates(m, r, klass, overlap, low, high, build, offer),
            "contributions": c,
            "scores": scores,
            "mutual": math.floor(math.sqrt(scores["investor"] * public_score) + 0.5),
            "confidence": {side: self.confidence(side, profile, u[side]) for side in u},
        }

    def weights(self, side, profile):
        return {**self.model["weights"][side]["common"], **self.model["weights"][side][profile]}

    def contributions(self, side, profile, x):
        weights = self.weights(side, profile)
        return {n: (weights[n] * math.floor(1e6 * x[n] + 0.5) + 500_000) // 10**6 for n in sorted(weights)}

    def confidence(self, side, profile, u):
        weights = self.weights(side, profile)
        total = sum(weights[n] ** 2 for n in u)
        return math.floor(1e6 * (1 - math.fsum(weights[n] ** 2 * u[n] for n in u) / total) + 0.5)
