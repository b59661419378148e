"""What came of the attempts: the review that a candidate may see, the list of grades, exports."""
