"""The laws that a simulation holds every day to: each is a predicate in a file of its own."""
