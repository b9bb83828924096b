"""Requests to Microsoft Graph: transport, batches, rate limits, retries and errors."""
