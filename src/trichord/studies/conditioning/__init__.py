"""Whose vector is a note given? The schemes of conditioning, and what the shipped models reach."""
