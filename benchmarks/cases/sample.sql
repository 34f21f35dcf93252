COPY (
  SELECT c.customer_id, c.name, c.email, c.country, c.revenue, c.updated_at, a.balance, k.country_name
  FROM (
    SELECT * FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'})
    QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY updated_at DESC NULLS LAST) = 1
  ) c
  LEFT JOIN read_csv('{input}/accounts.csv', auto_detect = false, header = true, columns = {'id': 'BIGINT', 'balance': 'DOUBLE'}) a ON c.customer_id = a.id
  LEFT JOIN read_csv('{input}/countries.csv', auto_detect = false, header = true, columns = {'code': 'VARCHAR', 'country_name': 'VARCHAR'}) k ON c.country = k.code
  ORDER BY c.customer_id
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
