"""A believable city, made up: years of cases for trying and measuring. Imports what storage may.

Everything follows from a number (the seed): who files what, where and when, in words of our own
grammar (`words`). What then becomes of a case is done by the rules of the engine (`life`), so that
its log folds to its row. Nothing is published and nobody is told: there are no outbox rows.
"""
