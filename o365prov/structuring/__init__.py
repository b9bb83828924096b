"""JSON in and out: every fault of one input at once, with its place."""
