"""Who there is: the places, the firms and their columns on the first day."""
