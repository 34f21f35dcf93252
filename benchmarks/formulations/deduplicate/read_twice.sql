-- Finds the rows by their keys alone, then reads those rows: fast where the source is columns, slow where it has to be parsed twice.
COPY (
  SELECT * EXCLUDE file_row_number FROM read_parquet('{input}/customers.parquet', file_row_number = true)
  WHERE file_row_number IN (
    SELECT arg_max(file_row_number, (coalesce(updated_at, '-infinity'::TIMESTAMP), -file_row_number))
    FROM read_parquet('{input}/customers.parquet', file_row_number = true) GROUP BY customer_id
  )
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
