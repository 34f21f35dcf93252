COPY (
  SELECT c.*, (SELECT k.country_name FROM read_csv('{input}/countries.csv') AS k WHERE k.code = c.country) AS country_name
  FROM read_parquet('{input}/customers.parquet') AS c
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
