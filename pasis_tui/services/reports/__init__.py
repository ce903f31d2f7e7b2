"""What is read: lists, results, worklist, papers, the panel beside a form."""
