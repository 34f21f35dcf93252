COPY (
  SELECT customer_id, arg_max(name, k), arg_max(email, k), arg_max(ssn, k), arg_max(country, k), arg_max(revenue, k), max(updated_at)
  FROM (SELECT *, (updated_at, -file_row_number) AS k FROM read_parquet('{input}/customers.parquet', file_row_number = true))
  GROUP BY customer_id
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
