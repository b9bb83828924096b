"""Guests: people of other organisations, who are invited and keep the account that they have there."""
