"""Who gets in, with which settings, favourites and drafts."""
