"""Files as contacts: staged, merged, told, and taken back."""
