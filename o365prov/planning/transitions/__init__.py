"""What happens to the account of a person: the situations, the table, and what is made of it."""
