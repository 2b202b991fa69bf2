"""What money costs: build-ups, requirements and offers by class, what a cheaper offer saves, and how tranches blend."""
