"""Full text, names and conditions: from a query to rows."""
