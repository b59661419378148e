"""Who may do what with a bank, and with whom it is shared."""
