"""The rules of Fairlead, once more and independently, for comparison.

One module per group of rules; every rule number stands where it is obeyed.
"""
