"""Requests, error responses and paging tokens as Graph words them."""
