"""The provisioning types as strategies: what each may send, create, rename and deactivate."""
