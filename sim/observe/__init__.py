"""What is seen: the month's count, the outcomes, the journeys of chosen firms, and the tables of a run."""
