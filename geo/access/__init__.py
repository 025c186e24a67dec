"""Travel times of residents and who is served."""
