-- Rows with equal keys come in any order, where the hub keeps the one they had.
COPY (
  SELECT * FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'})
  ORDER BY country, revenue
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
