"""What the register is made of: units, code lists, imports."""
