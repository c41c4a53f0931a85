"""Materials that applicants upload and the official documents (文书, 证照) the park issues."""
