-- Stable: rows of equal keys keep the order they came in.
COPY (
  SELECT * EXCLUDE file_row_number FROM read_parquet('{input}/customers.parquet', file_row_number = true)
  ORDER BY country, revenue, file_row_number
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
