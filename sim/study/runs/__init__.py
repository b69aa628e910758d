"""Runs: what one is, how many are done side by side here or on a cluster, how they are kept."""
