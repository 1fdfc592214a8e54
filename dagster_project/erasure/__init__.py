"""Take a client out of everything, prove it, and keep it so.

An order is opened (``orders``), its client records are entered in the register that the
door obeys (``register``, ``door``), the next run carries it out before it builds any
table (``carrying_out``) and proves it after the last (``proving``). What stands in
between is open, and every run goes on with what is open.
"""
