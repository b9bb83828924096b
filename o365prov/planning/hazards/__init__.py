"""What is dangerous about a plan: the harm that it does, what must always be confirmed, and what looks like a fault."""
