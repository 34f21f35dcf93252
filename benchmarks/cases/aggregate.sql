COPY (
  SELECT country, count(*) AS customers, sum(revenue) AS total, max(revenue) AS highest FROM read_csv('{input}/customers.csv', auto_detect = false, header = true, columns = {'customer_id': 'BIGINT', 'name': 'VARCHAR', 'email': 'VARCHAR', 'ssn': 'VARCHAR', 'country': 'VARCHAR', 'revenue': 'DOUBLE', 'updated_at': 'TIMESTAMP'})
  GROUP BY country
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
