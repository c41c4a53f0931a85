"""Files that people hand in: taken from the request, judged by their content, opened in processes apart."""
