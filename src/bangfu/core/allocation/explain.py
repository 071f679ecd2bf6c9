from __future__ import annotations


def explain_shortfalls(*a):
    return ()


def explain_idle(*a):
    return ()


def explain_unfunded(*a):
    return ()
