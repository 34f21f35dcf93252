CREATE MACRO customer_rows() AS TABLE
  WITH person AS (
    SELECT
      *,
      CASE kind
        WHEN 'unicode' THEN pick(['Zoë', 'François', 'Jose' || chr(769), '小明', 'Владимир', 'محمد', 'さくら', 'Þórunn'], k, 'first name')
        ELSE pick(['Anna', 'Ben', 'Carla', 'David', 'Elena', 'Frank', 'Grace', 'Hugo', 'Ines', 'Jack', 'Kate', 'Liam', 'Mia', 'Noah', 'Olga',
          'Paul', 'Rosa', 'Sam', 'Tina', 'Uma', 'Victor', 'Wendy', 'Yara', 'Zack'], k, 'first name')
      END AS first_name,
      CASE kind
        WHEN 'unicode' THEN pick(['Müller', 'O’Connor', 'Núñez', '王', 'Иванов', '김', 'Łukasz 🎉', 'Đặng'], k, 'last name')
        ELSE pick(['Adams', 'Baker', 'Costa', 'Dubois', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ito', 'Jones', 'Kim', 'Lopez', 'Martin',
          'Novak', 'Olsen', 'Patel', 'Rossi', 'Silva', 'Tanaka', 'Weber'], k, 'last name')
      END AS last_name,
      pick(['Paris FR', 'Lyon FR', 'Berlin DE', 'Hamburg DE', 'Munich DE', 'London GB', 'Leeds GB', 'Madrid ES', 'Rome IT', 'Vienna AT',
        'Zurich CH', 'Warsaw PL', 'Lisbon PT', 'New York US', 'Chicago US', 'Toronto CA', 'São Paulo BR', 'Mexico City MX', 'Tokyo JP',
        'Osaka JP', 'Seoul KR', 'Sydney AU', 'Lagos NG', 'Nairobi KE', 'Cairo EG', 'Windhoek NA'], k, 'place') AS place,
      make_timestamp(epoch_us(TIMESTAMP '2024-01-01') + (roll(k, 'updated') % 75600000)::BIGINT * 1000000) AS first_updated_at
    FROM ranked_rows()
  )
  SELECT
    CASE WHEN kind <> 'key' THEN customer_key(k) END AS customer_id,
    first_name,
    last_name,
    CASE kind
      WHEN 'email' THEN first_name || '.' || upper(last_name) || k || '@Example.COM'
      ELSE lower(first_name || '.' || replace(last_name, ' ', '') || k) || '@example.' || pick(['com', 'net', 'org'], k, 'domain')
    END AS email,
    '+1-202-555-' || (1000 + roll(version, 'phone') % 9000) AS phone,
    (900 + roll(k, 'ssn area') % 100) || '-' || (10 + roll(k, 'ssn group') % 90) || '-' || (1000 + roll(k, 'ssn') % 9000) AS ssn,
    CASE kind
      WHEN 'date' THEN pick(['31/02/1987', '0000-00-00', '1987-13-45', 'n/a', '19870230'], k, 'bad date')
      ELSE (DATE '1940-01-01' + (roll(k, 'birth') % 25000)::INTEGER)::VARCHAR
    END AS birth_date,
    place[:-4] AS city,
    CASE kind WHEN 'country' THEN pick(['XX', 'UK', 'EU', 'ZZ'], k, 'bad country') ELSE place[-2:] END AS country_code,
    (roll(version, 'revenue') % 1000000)::DECIMAL(10, 0) * 0.01 AS revenue,
    -- A repetition is older or newer than the row it repeats, in either case further down in the files.
    CASE kind
      WHEN 'late' THEN first_updated_at + to_seconds((1 + roll(i, 'delay') % 2592000)::BIGINT * CASE roll(i, 'order') % 2 WHEN 0 THEN 1 ELSE -1 END)
      ELSE first_updated_at
    END AS updated_at,
    CASE kind
      WHEN 'newline' THEN 'Called twice.' || chr(13) || chr(10) || 'No answer.'
      WHEN 'quote' THEN 'Said "call me, maybe", then left'
      WHEN 'empty' THEN NULL
      ELSE pick(['prefers the phone', 'reads the newsletter', 'asked for a catalogue', 'has a loyalty card'], k, 'notes')
    END AS notes,
    CASE WHEN kind <> 'empty' THEN pick(['web', 'shop', 'friend', 'fair'], k, 'referrer') END AS referrer
  FROM person;

-- The CRM's own table: one row for each customer the files know by its key, a third of them changed on the run date or later.
CREATE MACRO crm_rows() AS TABLE
  SELECT
    customer_key(k) AS customer_id,
    pick(['active', 'active', 'active', 'dormant', 'closed'], k, 'status') AS status,
    getvariable('run_date')::TIMESTAMP - INTERVAL 2 DAY + to_seconds((roll(k, 'crm') % 259200)::BIGINT) AS updated_at
  FROM ranked_rows()
  WHERE kind NOT IN ('duplicate', 'late', 'key');
