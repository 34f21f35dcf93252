COPY (
  SELECT c.*, k.country_name FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'}) c
  LEFT JOIN read_csv('{input}/countries.csv', auto_detect = false, header = true, columns = {'code': 'VARCHAR', 'country_name': 'VARCHAR'}) k ON c.country = k.code
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
