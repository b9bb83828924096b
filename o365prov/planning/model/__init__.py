"""What planning works on and gives: changes, plans, reports and their options."""
