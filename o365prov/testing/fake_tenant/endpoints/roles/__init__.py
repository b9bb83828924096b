"""Directory roles: those that are activated, the templates behind them, and assignments in the unified way."""
