"""Holds hand-written lists of what each role may call against real requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import uuid4

from rest_framework.test import APIClient

ANYBODY = """
    GET /me
    PATCH /me
    GET /me/personal-data
    POST /me/erase
    GET /capability-areas
    GET /export-classes
    GET /evidence-templates
    POST /organisations
    POST /organisations/{id}/leave
    POST /invitations/accept
    POST /attestation-links/open
    POST /attestation-links/decide
    POST /attestation-links/withdraw
    GET /registrations
    GET /registrations/{id}
    POST /registrations/{id}/withdraw
    GET /notifications
    GET /notifications/{id}
    POST /notifications/{id}/read
    POST /notifications/{id}/archive
    POST /notifications/read
    POST /notifications/archive
    GET /notification-preferences
    PATCH /notification-preferences/{id}
    POST /unsubscribes
    POST /unsubscribes/{id}
"""
"""Asked of no role: whoever has signed in may call these."""

BY_SIGNATURE = """
    POST /trackers/{id}
"""
"""Open to whoever signs the message, signed in or not; nobody else is told anything."""

OPERATIONS = """
    GET /saved-searches
    POST /saved-searches
    GET /saved-searches/{id}
    PATCH /saved-searches/{id}
    DELETE /saved-searches/{id}
    POST /saved-searches/{id}/seen
    GET /saved-searches/{id}/results
    GET /organisations
    GET /organisations/{id}
    PATCH /organisations/{id}
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
    PATCH /organisations/{id}/members/{member}
    DELETE /organisations/{id}/members/{member}
    GET /organisations/{id}/invitations
    POST /organisations/{id}/invitations
    POST /organisations/{id}/invitations/{invitation}/revoke
    POST /organisations/{id}/go-dark
    POST /organisations/{id}/return
    POST /organisations/{id}/merge
    GET /registration-clashes
    GET /registration-clashes/{id}
    POST /registration-clashes/{id}/judge-distinct
    POST /registration-clashes/{id}/judge-same
    GET /undertaking
    POST /undertaking/accept
    GET /disclosure-grants
    POST /disclosure-grants
    POST /disclosure-grants/{id}/revoke
    GET /break-glass
    POST /break-glass
    GET /break-glass/{id}
    POST /break-glass/{id}/approve
    POST /break-glass/{id}/end
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys
    POST /api-keys/{id}/revoke
    GET /teasers
    GET /teasers/{id}
    GET /deal-flow
    GET /deal-flow/compare
    GET /deal-flow/compare.csv
    GET /pipeline-stages
    POST /pipeline-stages
    GET /pipeline-stages/{id}
    PATCH /pipeline-stages/{id}
    POST /pipeline-stages/order
    POST /pipeline-stages/{id}/archive
    POST /pipeline-stages/{id}/restore
    GET /watchlist-board
    GET /watchlist-entries
    POST /watchlist-entries
    GET /watchlist-entries/{id}
    PATCH /watchlist-entries/{id}
    DELETE /watchlist-entries/{id}
    POST /watchlist-entries/{id}/move
    GET /watchlist-entries/{id}/moves
    GET /watchlist-entries/{id}/notes
    POST /watchlist-entries/{id}/notes
    GET /watchlist-entries/{id}/notes/{note}
    PATCH /watchlist-entries/{id}/notes/{note}
    DELETE /watchlist-entries/{id}/notes/{note}
    GET /watchlist-entries/{id}/reminders
    POST /watchlist-entries/{id}/reminders
    DELETE /watchlist-entries/{id}/reminders/{reminder}
    GET /startups
    GET /startups/{id}
    PATCH /startups/{id}
    GET /startups/start
    PATCH /startups/start
    POST /startups/start/publish
    GET /startups/{id}/readiness
    POST /startups/{id}/reveal
    GET /startups/{id}/financials
    POST /startups/{id}/financials
    POST /startups/{id}/financials/{year}/withdraw
    GET /capabilities
    POST /capabilities
    GET /capabilities/{id}
    PATCH /capabilities/{id}
    POST /capabilities/{id}/publish
    POST /capabilities/{id}/archive
    GET /capabilities/{id}/components
    GET /capabilities/{id}/origin
    POST /capabilities/{id}/origin/substitutions
    PUT /capabilities/{id}/components
    GET /capabilities/{id}/events
    POST /capabilities/{id}/events
    GET /development-events/{id}
    GET /development-events/{id}/evidence
    POST /development-events/{id}/evidence
    POST /development-events/{id}/evidence/{evidence}/withdraw
    GET /event-evidence
    GET /event-evidence/{id}
    POST /event-evidence/{id}/judge
    GET /tracker-endpoints
    POST /tracker-endpoints
    GET /tracker-endpoints/{id}
    PATCH /tracker-endpoints/{id}
    POST /tracker-endpoints/{id}/rotate
    POST /tracker-endpoints/{id}/disable
    GET /export-class-declarations
    GET /export-class-declarations/{id}
    POST /export-class-declarations/{id}/confirm
    POST /export-class-declarations/{id}/confirm-codification
    GET /development-events/{id}/attestation-requests
    POST /development-events/{id}/attestation-requests
    GET /development-events/{id}/attestations
    GET /attestation-requests
    GET /attestation-requests/{id}
    POST /attestation-requests/{id}/confirm
    POST /attestation-requests/{id}/refuse
    POST /attestation-requests/{id}/amend
    POST /attestation-requests/{id}/cancel
    GET /attestations
    GET /attestations/{id}
    POST /attestations/{id}/withdraw
    POST /attestor-events
    GET /attestor-seats
    POST /attestor-seats
    GET /attestor-seats/{id}
    POST /attestor-seats/{id}/disable
    GET /attestor-admissions
    POST /attestor-admissions
    GET /attestor-admissions/{id}
    POST /attestor-admissions/{id}/end
    GET /attestor-addresses
    GET /attestor-addresses/{id}
    POST /attestor-addresses/{id}/vouch
    POST /attestor-addresses/{id}/refuse
    GET /self-attestations
    GET /startups/{id}/speed
    GET /startups/{id}/speed/history
    GET /capabilities/{id}/speed
    GET /capabilities/{id}/speed/history
    GET /speed-flags
    GET /speed-flags/{id}
    POST /speed-flags/{id}/judge
    GET /raises
    POST /raises
    GET /raises/{id}
    PATCH /raises/{id}
    POST /raises/{id}/open
    POST /raises/{id}/commit-partly
    POST /raises/{id}/reopen
    POST /raises/{id}/close
    POST /raises/{id}/withdraw
    GET /investor-teasers
    GET /investor-teasers/{id}
    GET /investors
    GET /investors/{id}
    PATCH /investors/{id}
    GET /levers
    POST /levers
    GET /levers/{id}
    PATCH /levers/{id}
    POST /capital-cost/quote
    GET /mandates
    POST /mandates
    GET /mandates/{id}
    PATCH /mandates/{id}
    GET /mandates/{id}/versions
    POST /mandates/{id}/activate
    POST /mandates/{id}/pause
    POST /mandates/{id}/close
    GET /match-runs
    POST /match-runs
    GET /match-runs/{id}
    GET /match-runs/{id}/comparison
    POST /match-runs/{id}/cancel
    GET /introductions
    POST /introductions
    GET /introductions/{id}
    POST /introductions/{id}/accept
    POST /introductions/{id}/decline
    POST /introductions/{id}/withdraw
    POST /introductions/{id}/steps
    GET /investors/{id}/decision-speed
    GET /matches
    GET /matches/{id}/explanation
    GET /matches/changes
    POST /matches/preview
    GET /matches/preview/{id}
    GET /match-digests
    GET /match-digests/{id}
    GET /digest-rounds
    GET /digest-rounds/{id}
    GET /unlocks
    GET /scoring-models
    GET /scoring-models/{id}
    POST /scoring-models
    POST /scoring-models/{id}/promote
    POST /scoring-models/{id}/shadow
    GET /scoring-models/{id}/agreement
    GET /model-evaluations
    GET /model-evaluations/{id}
    GET /imports
    POST /imports
    GET /imports/{id}
    GET /imports/{id}/problems
    POST /imports/{id}/confirm
    GET /exports
    POST /exports
    GET /exports/{id}
    GET /exports/{id}/content
    GET /documents
    GET /documents/{id}
    GET /documents/{id}/versions
    GET /documents/{id}/content
    PATCH /documents/{id}
    POST /documents/{id}/withdraw
    GET /uploads
    POST /uploads
    GET /uploads/{id}
    DELETE /uploads/{id}
    PUT /uploads/{id}/chunks/{offset}
    POST /uploads/{id}/complete
    GET /organisations/{id}/ownership
    POST /organisations/{id}/ownership
    GET /organisations/{id}/ownership/figures
    GET /organisations/{id}/ownership/bods
    POST /organisations/{id}/ownership/bods
    POST /organisations/{id}/ownership/group
    POST /organisations/{id}/ownership/{statement}/correct
    POST /organisations/{id}/ownership/{statement}/end
    GET /organisations/{id}/verification
    POST /organisations/{id}/verification
    POST /organisations/{id}/verification/items
    POST /organisations/{id}/verification/submit
    POST /organisations/{id}/verification/answers
    POST /organisations/{id}/suspend
    GET /verification-cases
    GET /verification-cases/{id}
    POST /verification-cases/{id}/take
    POST /verification-cases/{id}/ask
    POST /verification-cases/{id}/judge
    POST /verification-cases/{id}/note
    POST /verification-cases/{id}/verify
    POST /verification-cases/{id}/refuse
    POST /verification-cases/{id}/suspend
    POST /verification-cases/{id}/reinstate
    GET /declared-interests
    POST /declared-interests
    GET /permits
    POST /permits
    GET /permits/{id}
    POST /permits/{id}/confirm
    POST /permits/{id}/refuse
    POST /permits/{id}/revoke
    GET /screenings
    POST /screenings
    GET /screenings/{id}
    GET /screenings/{id}/export
    GET /screening-hits
    GET /screening-hits/{id}
    POST /screening-hits/{id}/decide
    GET /watch-lists
    GET /watch-lists/{id}
    GET /watch-lists/{id}/versions
    POST /watch-lists/{id}/versions
    GET /watch-lists/{id}/entries
    GET /list-versions/{id}
    POST /list-versions/{id}/confirm
    POST /list-versions/{id}/discard
    GET /jobs
    GET /jobs/{id}
    POST /jobs/{id}/cancel
"""
"""Every other operation of the interface, written down by hand."""

NAME = re.compile(r"{\w+}")
Verdicts = dict[str, list[str]]


def lines(text: str) -> list[str]:
    """The operations of a list, one per line."""
    return [line.strip() for line in text.strip().splitlines() if line.strip()]


def answer(client: APIClient, operation: str) -> tuple[int, str]:
    """The status and problem code of a call on an object that does not exist, with an empty body."""
    method, path = operation.split()
    name = f"{uuid4()}~{uuid4()}" if path.startswith("/matches/{id}") else str(uuid4())
    response = client.generic(method, "/api/v1" + NAME.sub(name, path), "{}", content_type="application/json")
    is_problem = response.headers.get("Content-Type") == "application/problem+json"
    return response.status_code, str(response.json()["code"]) if is_problem else ""


def verdicts(client: APIClient, allowed: str) -> Verdicts:
    """How the calls of one role differ from the list of those that it may make; empty lists when they do not.

    A call that is allowed gets past the permissions: it may still find nothing or be told what is wrong with its body.
    """
    may = set(lines(allowed)) | set(lines(ANYBODY))
    found: Verdicts = {"refused and should not be": [], "let through and should not be": [], "broken": []}
    for operation in sorted({*lines(OPERATIONS), *lines(ANYBODY), *may}):
        status, code = answer(client, operation)
        is_refused = (status, code) == (403, "permission_missing")
        if status >= 500 or status in {401, 405} or (status == 403 and not is_refused):
            found["broken"].append(f"{operation}: {status} {code}")
        elif is_refused and operation in may:
            found["refused and should not be"].append(operation)
        elif not is_refused and operation not in may:
            found["let through and should not be"].append(f"{operation}: {status}")
    return found


NOTHING: Mapping[str, list[str]] = {
    "refused and should not be": [],
    "let through and should not be": [],
    "broken": [],
}
