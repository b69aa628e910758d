"""Answers put in the order in which people read them: sums, shares and orders of a study's tables, and no words."""
