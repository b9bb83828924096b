"""From what should be and what is, to a plan: match, diff, order, explain."""
