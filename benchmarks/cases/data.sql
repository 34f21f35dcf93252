-- {rows} customers with as many duplicates as real feeds have, accounts for most of them, and a handful of countries.
COPY (
  SELECT (hash(i) % ({rows} * 4 // 5))::BIGINT AS customer_id,
         'name ' || i AS name,
         'user' || i || '@example.com' AS email,
         (hash(i + 7) % 900000000)::VARCHAR AS ssn,
         ['FR', 'DE', 'US', 'GB', 'JP', 'XX'][1 + (hash(i + 3) % 6)::INT] AS country,
         (hash(i + 9) % 100000) / 100.0 AS revenue,
         TIMESTAMP '2024-01-01' + to_seconds((hash(i + 1) % 30000000)::BIGINT) AS updated_at
  FROM range({rows}) t(i)
) TO '{output}/customers.csv' (HEADER);
COPY (SELECT i AS id, round((hash(i) % 1000000) / 100.0, 2) AS balance FROM range({rows} * 7 // 10) t(i)) TO '{output}/accounts.csv' (HEADER);
COPY (
  SELECT * FROM (VALUES ('FR', 'France'), ('DE', 'Germany'), ('US', 'United States'), ('GB', 'United Kingdom'), ('JP', 'Japan')) c(code, country_name)
) TO '{output}/countries.csv' (HEADER);
