"""Files that mean harm, made when they are needed. Each ends in a clear refusal."""
