COPY (
  SELECT * FROM read_parquet('{input}/customers.parquet') ORDER BY country, revenue
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
