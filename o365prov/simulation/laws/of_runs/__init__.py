"""Laws of plans, applies and what they say: what goes wrong on the way leaves no mark."""
