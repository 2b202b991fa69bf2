"""The scoring engine: pure arithmetic over facts, models and reference figures; it knows no database."""
