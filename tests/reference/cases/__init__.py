"""Cases worked out by hand from the rules, a module for each of their parts."""
