"""The edge: reads a tenant and applies plans over Microsoft Graph."""
