-- Whether an earlier version's members are remembered. Column: 0 or 1.
SELECT count(*) FROM information_schema.tables WHERE table_schema = 'main' AND table_name = 'cluster_members'
