"""Sigstore bundles: the format, what is inside, and what a transparency log proves about it.

Pure functions over bytes; which logs are trusted, and what a proof is worth, is for the readings to say.
"""
