"""Engine, unit of work, paging queries, migrations, audit log."""
