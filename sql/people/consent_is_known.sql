-- Whether the store knows of consents: 1 or 0.
SELECT count(*) FROM duckdb_functions() WHERE function_name = 'consent_at' AND function_type = 'table_macro'
