"""The operations on organisations and what belongs to them, one module per noun."""
