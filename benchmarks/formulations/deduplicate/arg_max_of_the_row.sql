COPY (
  SELECT unnest(arg_max(c, (updated_at, -file_row_number)))
  FROM (SELECT c, c.updated_at, c.file_row_number, c.customer_id FROM read_parquet('{input}/customers.parquet', file_row_number = true) AS c)
  GROUP BY customer_id
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
