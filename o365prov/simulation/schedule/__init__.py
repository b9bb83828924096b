"""What happens in a simulation: events, days of them, how they are drawn from a seed, and how they are made fewer."""
