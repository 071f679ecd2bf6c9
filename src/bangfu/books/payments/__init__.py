"""Households (农户): the registered households, their people, work rows, village sheets and incomes."""
