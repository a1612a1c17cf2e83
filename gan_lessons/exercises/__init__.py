"""Exercises that name the bug they see: one file per lesson, with its notebook's number."""
