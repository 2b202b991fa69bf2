"""Watch-lists as published, read entry by entry in constant memory: pure, and suspicious of every file."""
