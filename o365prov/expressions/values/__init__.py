"""The values of the language: types, conversion, comparison, numbers and instants."""
