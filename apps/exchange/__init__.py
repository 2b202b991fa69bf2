"""Imports and exports: tables that come in from outside, tables that go out, and the sample data of the product."""
