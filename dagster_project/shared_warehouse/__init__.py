"""The shared warehouse: a PostgreSQL that keeps the sharing agreement.

Here the agreement becomes roles, grants and policies, and a release of the marts and
of the client records is put in place for those whom the agreement names.
"""
