COPY (
  SELECT * EXCLUDE file_row_number FROM read_parquet('{input}/customers.parquet', file_row_number = true)
  QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY file_row_number) = 1
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
