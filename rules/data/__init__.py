"""Data of the rules, validated when read."""
