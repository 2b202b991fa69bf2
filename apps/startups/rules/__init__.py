"""Pure figures about firms: evidence behind development events, speed from their dates, origin of components,
bands and teasers.
"""
