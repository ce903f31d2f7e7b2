"""What runs a screen: keys, routing, session, drafts, jobs, questions, the lock."""
