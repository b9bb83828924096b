"""From an HTTP request to the endpoint that answers it: routes, batches, quotas, faults and lag."""
