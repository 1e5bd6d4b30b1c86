"""The places where secrets stand, one module per kind of place: names, URLs, statements, commands, headers, tokens.

Every pattern here runs in linear time: what is repeated cannot match in two ways, repetitions are possessive where
nothing after them could profit from giving back, and what could be tried again at many places is bounded.
"""
