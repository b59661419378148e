"""Writing questions: the forms of the types, the live preview, and trying a question out."""
