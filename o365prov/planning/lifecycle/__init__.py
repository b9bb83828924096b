"""People who are assigned and not provisioned now, and people who are out of sight."""
