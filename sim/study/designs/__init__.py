"""Designs: which variations of a scenario are run, over which factors, and how often."""
