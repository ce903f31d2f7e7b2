"""Patient fees, cost protection and frikort."""
