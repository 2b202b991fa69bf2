"""Scenes of the search over the deal flow."""

from tests.authorisation.scenes import scene

scene("GET /deal-flow")
