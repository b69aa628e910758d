"""What the model is held against: targets from evidence, how near it comes, and how near the release before came."""
