"""How questions are filed and found: categories, tags, filters, the list of a bank, many changed at once."""
