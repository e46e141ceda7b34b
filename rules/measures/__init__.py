"""What is measured of a case, from its log alone: the facts that the board's figures count."""
