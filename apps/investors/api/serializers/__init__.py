"""The shapes of funds, levers and mandates in the REST interface."""
