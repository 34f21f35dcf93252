-- What both applications' rows are made from. Everything follows from a row's number and the seed, so the same call gives the same bytes.

-- A number for a row and a purpose.
CREATE MACRO roll(row_number, purpose) AS hash(row_number, purpose, getvariable('seed'));

CREATE MACRO pick(list, row_number, purpose) AS list[1 + (roll(row_number, purpose) % len(list)::UBIGINT)::BIGINT];

-- Keys are spread, since real ones are not in the order of the file; an odd factor makes them distinct below 2^32.
CREATE MACRO customer_key(k) AS (k * 2654435761) % 4294967296;

CREATE MACRO iso(moment) AS strftime(moment, '%Y-%m-%dT%H:%M:%SZ');

-- Each row of the file with its kind, and k, the row whose content it shows: its own, or for a repetition a clean row above. 617 has no
-- factor in common with 1000, so every thousand rows hold each kind exactly as often as its share says; the row above one of rank r
-- has rank r + 383, where no dirt is.
CREATE MACRO ranked_rows() AS TABLE
  SELECT
    i,
    kind_of((i * 617 + 999) % 1000) AS kind,
    CASE WHEN kind IN ('duplicate', 'late') THEN i - 1 - 1000 * (roll(i, 'back') % (i // 1000 + 1)::UBIGINT)::BIGINT ELSE i END AS k,
    CASE WHEN kind = 'late' THEN i ELSE k END AS version
  FROM row_numbers;
