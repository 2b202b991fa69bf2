"""How hashes are written down."""

SHA256 = r"^[0-9a-f]{64}$"
"""A SHA-256 in hexadecimal digits, for validators and constraints of the database alike."""
