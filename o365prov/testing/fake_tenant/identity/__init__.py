"""Who asks: applications, their tokens, and what these allow."""
