"""Where in a file its sound lies: walking containers with every declared size doubted."""
