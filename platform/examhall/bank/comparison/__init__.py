"""What two versions say otherwise, and which questions ask the same."""
