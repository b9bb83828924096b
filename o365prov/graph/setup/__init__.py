"""Enabling the API integration: consent, permissions, and the connection test."""
