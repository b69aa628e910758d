"""The search for plans: proposed by generations, run beside their baseline, judged."""
