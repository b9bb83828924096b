"""An app file for the command, and the people of its source."""

APP = """
domains = ["corp.example"]
provisioning = { type = "user_sync" }
username = { format = "Email" }

[source]
kind = "csv"
people = "people.csv"
groups = "groups.csv"
assignments = "assignments.csv"

[state]
kind = "sqlite"
path = "corp.db"
"""
NAMES = ("Ann Lee", "Bo Fox", "Cy Orr", "Di Ash", "Ed Roe", "Flo May")


def people(names=NAMES):
    """Rows of a CSV file: everybody, each with an id that never changes."""
    rows = ["id,status,login,email,firstName,lastName,displayName,countryCode"]
    for number, name in enumerate(NAMES, 1):
        first, last = name.split()
        address = f"{first}.{last}@corp.example".lower()
        if name in names:
            rows.append(f"00u{number},ACTIVE,{address},{address},{first},{last},{name},DE")
    return "\n".join(rows) + "\n"
