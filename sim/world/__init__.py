"""What happens to everybody: outbreaks, demand, travel friction."""
