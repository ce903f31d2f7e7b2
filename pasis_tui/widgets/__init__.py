"""What the views share: frame, form, list, value list, dialogues."""
