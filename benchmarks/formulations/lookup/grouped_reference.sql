-- The reference is grouped by its key first, so that a key of two rows is found and never multiplies.
COPY (
  SELECT c.*, k.country_name FROM read_parquet('{input}/customers.parquet') AS c
  LEFT JOIN (
    SELECT code, any_value(country_name) AS country_name, count(*) AS matches FROM read_csv('{input}/countries.csv') GROUP BY code
  ) AS k ON c.country = k.code
  WHERE CASE WHEN k.matches > 1 THEN error('ambiguous') ELSE true END
) TO '{output}/result.parquet' (FORMAT parquet, COMPRESSION zstd);
