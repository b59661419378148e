"""Question banks: questions, their immutable versions and types, and the formats that they are read from."""
