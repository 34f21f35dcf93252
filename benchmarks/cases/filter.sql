COPY (
  SELECT * FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'})
  WHERE revenue > 500 AND country = 'FR'
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
