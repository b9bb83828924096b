"""Laws of people and their accounts: nobody loses, keeps or gets what they should not."""
