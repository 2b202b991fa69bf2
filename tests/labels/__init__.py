"""Labelled data sets against which the product's judgements are measured."""
