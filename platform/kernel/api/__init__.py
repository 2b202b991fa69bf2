"""The base of every endpoint: problems, pages, filters, permissions, idempotency, entity tags, rates, OpenAPI."""
