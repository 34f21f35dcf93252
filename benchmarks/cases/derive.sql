COPY (
  SELECT *, revenue * 1.2 AS gross, upper(name) AS label FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'})
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
