COPY (
  SELECT * EXCLUDE file_row_number FROM read_parquet('{input}/customers.parquet', file_row_number = true)
  WHERE file_row_number IN (
    SELECT min(file_row_number) FROM read_parquet('{input}/customers.parquet', file_row_number = true) GROUP BY customer_id
  )
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
