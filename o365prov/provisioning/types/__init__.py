"""The four provisioning types, readable side by side."""
