"""What the directory allows: values of users, addresses, licences, and sensitive actions."""
