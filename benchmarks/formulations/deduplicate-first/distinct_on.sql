COPY (
  SELECT * EXCLUDE file_row_number FROM (
    SELECT DISTINCT ON (customer_id) * FROM read_parquet('{input}/customers.parquet', file_row_number = true) ORDER BY customer_id, file_row_number
  )
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
