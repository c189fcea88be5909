"""Queries and changes of rows, beside crud."""
