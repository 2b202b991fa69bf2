"""The product: one Django app per noun of the domain."""
