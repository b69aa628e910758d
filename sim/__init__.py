"""Shukun: which firms a relief plan would save, before the money is spent."""
