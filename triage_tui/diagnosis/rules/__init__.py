"""The rules, one file for each kind of target: each has RULES, which the registry gathers."""
