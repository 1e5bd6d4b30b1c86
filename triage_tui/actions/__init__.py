"""Doing it: plan, preview, guard, run, verify, audit."""
