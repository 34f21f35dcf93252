COPY (
  SELECT c.*, a.id, a.balance FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'}) c
  LEFT JOIN read_csv('{input}/accounts.csv', auto_detect = false, header = true, columns = {'id': 'BIGINT', 'balance': 'DOUBLE'}) a ON c.customer_id = a.id
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
