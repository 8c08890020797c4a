"""Registers: a row is a profile."""
