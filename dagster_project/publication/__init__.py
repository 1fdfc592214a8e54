"""What leaves the warehouse: the published marts, the three answers, the report page.

Belongs here: reading marts and writing them out. Does not belong here: any table that
holds an identifier; nothing here may read ``raw``, ``staging`` or ``intermediate``.
"""
