"""Writes of messages: raised, read, put away, mailed, collected, forgotten."""
