"""What questions are made of: rich text, formulas, media, and their words."""
