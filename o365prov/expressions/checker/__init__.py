"""Finding what is wrong with an expression without evaluating it."""
