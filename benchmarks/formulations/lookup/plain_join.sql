COPY (
  SELECT c.*, k.country_name FROM read_parquet('{input}/customers.parquet') AS c
  LEFT JOIN read_csv('{input}/countries.csv') AS k ON c.country = k.code
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
