"""The rows of the life of a case, by what they are about. Imports schema and the row's form."""
