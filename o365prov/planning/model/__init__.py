"""What planning works on and gives: changes, snapshots, plans, reports and their options."""
