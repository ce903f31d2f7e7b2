"""Files for others: Excel books."""
