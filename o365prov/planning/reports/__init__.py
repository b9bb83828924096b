"""The report on an applied plan, and the plan that takes back what it did."""
