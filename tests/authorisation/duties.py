"""Operations that the roles of several kinds of organisation may call, written down by hand: what comes with a duty."""

READS = """
    GET /organisations
    GET /organisations/{id}
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
    GET /undertaking
    GET /teasers
    GET /teasers/{id}
    GET /deal-flow
    GET /deal-flow/compare
    GET /deal-flow/compare.csv
    GET /investor-teasers
    GET /investor-teasers/{id}
    GET /startups
    GET /startups/{id}
    GET /startups/{id}/financials
    GET /capabilities
    GET /capabilities/{id}
    GET /capabilities/{id}/components
    GET /capabilities/{id}/origin
    POST /capabilities/{id}/origin/substitutions
    GET /startups/{id}/speed
    GET /startups/{id}/speed/history
    GET /capabilities/{id}/speed
    GET /capabilities/{id}/speed/history
    GET /raises
    GET /raises/{id}
    POST /capital-cost/quote
    GET /investors
    GET /investors/{id}
    GET /mandates
    GET /mandates/{id}
    GET /match-runs
    GET /match-runs/{id}
    GET /scoring-models
    GET /scoring-models/{id}
    GET /jobs
    GET /jobs/{id}
"""
"""Whoever sees anything as a member of a firm, a fund or the operator sees this."""
SEARCHES = """
    GET /saved-searches
    POST /saved-searches
    GET /saved-searches/{id}
    PATCH /saved-searches/{id}
    DELETE /saved-searches/{id}
    POST /saved-searches/{id}/seen
    GET /saved-searches/{id}/results
"""
"""Whoever searches for partners or for what to finance keeps searches."""
RULES = """
    PATCH /organisations/{id}
    PATCH /organisations/{id}/members/{member}
    DELETE /organisations/{id}/members/{member}
    GET /organisations/{id}/invitations
    POST /organisations/{id}/invitations
    POST /organisations/{id}/invitations/{invitation}/revoke
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys
    POST /api-keys/{id}/revoke
"""
"""Whoever rules an organisation: its data, people, invitations, trail and keys."""
GUARDS = """
    POST /organisations/{id}/go-dark
    POST /organisations/{id}/return
    GET /break-glass
    GET /break-glass/{id}
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys/{id}/revoke
"""
"""Whoever guards what it discloses: hides it, sees who looked, ends keys."""
PAPERS = """
    GET /documents
    GET /documents/{id}
    GET /documents/{id}/versions
    GET /documents/{id}/content
    GET /uploads
    GET /uploads/{id}
"""
KEEPS = """
    PATCH /documents/{id}
    POST /documents/{id}/withdraw
    POST /uploads
    DELETE /uploads/{id}
    PUT /uploads/{id}/chunks/{offset}
    POST /uploads/{id}/complete
"""
ANSWERS = """
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
    GET /permits
    POST /permits
    GET /permits/{id}
"""
"""Who answers for the organisation to the operator: its verification, its owners, its permits."""
SIGNS = """
    POST /undertaking/accept
"""
