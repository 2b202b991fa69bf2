"""Stored files: received, inspected, encrypted, versioned, served to whom they were opened."""
