"""The law and the city's choices as pure functions and data: no I/O, no «now».

May import schema.
"""
