-- A quarter of a shop's customers; the orders refer to all of their keys, also to those that no row of this file has.
CREATE MACRO shop_customer_rows() AS TABLE
  SELECT
    *,
    '4000 ' || (1000 + roll(customer_id, 'card 1') % 9000) || ' ' || (1000 + roll(customer_id, 'card 2') % 9000) || ' '
      || (1000 + roll(customer_id, 'card 3') % 9000) AS card_number
  FROM customer_rows();

CREATE MACRO product(row_number, purpose) AS
  pick([
    {sku: 'BK-001', name: 'Le Petit Prince', category: 'books', price: 9.90},
    {sku: 'BK-002', name: 'Atlas of the Night Sky', category: 'books', price: 34.00},
    {sku: 'BK-003', name: 'Кулинария', category: 'books', price: 21.50},
    {sku: 'HM-001', name: 'Tea pot', category: 'home', price: 28.00},
    {sku: 'HM-002', name: 'Wool blanket', category: 'home', price: 79.00},
    {sku: 'HM-003', name: '抹茶 bowl', category: 'home', price: 18.25},
    {sku: 'SP-001', name: 'Running shoes', category: 'sports', price: 119.00},
    {sku: 'SP-002', name: 'Yoga mat', category: 'sports', price: 32.40},
    {sku: 'SP-003', name: 'Bottle', category: 'sports', price: 12.00},
    {sku: 'TY-001', name: 'Wooden train 🚂', category: 'toys', price: 45.00},
    {sku: 'TY-002', name: 'Puzzle, 1000 pieces', category: 'toys', price: 17.95},
    {sku: 'TY-003', name: 'Kite', category: 'toys', price: 23.00}
  ], row_number, purpose);

CREATE MACRO item(row_number) AS
  list_transform([product(row_number, 'product')], lambda p: {
    sku: p.sku,
    name: p.name,
    category: p.category,
    quantity: 1 + roll(row_number, 'quantity') % 3,
    unit_price: p.price,
    discounts: pick([[], [], [], [{code: 'SUMMER', amount: 1.50}], [{code: 'SUMMER', amount: 1.50}, {code: 'LOYAL', amount: 0.75}]], row_number, 'discount')
  })[1];

CREATE MACRO web_item(row_number) AS
  list_transform([item(row_number)], lambda e: {
    sku: e.sku,
    category: e.category,
    quantity: e.quantity,
    unit_price: e.unit_price,
    discounts: e.discounts
  })[1];

-- The event lines, as text. Sixty days of orders up to the run date; an event comes within a day of its order.
CREATE MACRO event_lines() AS TABLE
  WITH placed AS (
    SELECT *, getvariable('run_date')::TIMESTAMP - INTERVAL 60 DAY + to_seconds((roll(k, 'placed') % 5184000)::BIGINT) AS placed_at
    FROM ranked_rows()
  ),
  event AS (
    SELECT
      kind,
      {
        id: 'evt-' || version,
        type: CASE status WHEN 'placed' THEN 'order.placed' WHEN 'deleted' THEN 'order.deleted' ELSE 'order.updated' END,
        subject: order_id,
        time: iso(placed_at + to_seconds((roll(version, 'delay') % 86400)::BIGINT)),
        data: {
          order_id: order_id,
          customer_id: customer_key((roll(k, 'customer') % getvariable('customers')::UBIGINT)::BIGINT),
          placed_at: CASE kind WHEN 'date' THEN pick(['2026-02-30T10:00:00Z', '2026-05-01T25:61:00Z', 'yesterday'], k, 'bad date') ELSE iso(placed_at) END,
          status: status,
          currency: pick(['EUR', 'EUR', 'EUR', 'GBP', 'USD', 'CHF', 'JPY'], k, 'currency'),
          shipping: {
            method: pick(['post', 'courier', 'pick-up'], k, 'method'),
            city: CASE kind WHEN 'unicode' THEN pick(['Zürich', '東京', 'İstanbul', 'Kraków'], k, 'city') ELSE pick(['Paris', 'Berlin', 'London'], k, 'city') END,
            country_code: CASE kind WHEN 'country' THEN pick(['XX', 'UK', 'EU'], k, 'bad country') ELSE pick(['FR', 'DE', 'GB', 'CH', 'US', 'JP', 'NA'], k, 'country') END
          },
          items: list_transform(range((1 + roll(k, 'items') % 4)::BIGINT), lambda position: item(k * 4 + position)),
          gift_message: CASE kind
            WHEN 'newline' THEN 'Happy birthday!' || chr(10) || 'From all of us'
            WHEN 'quote' THEN 'To "the best", with love'
            WHEN 'unicode' THEN 'お誕生日おめでとう 🎂'
          END
        }
      } AS content
    FROM (
      SELECT
        *,
        CASE WHEN kind <> 'key' THEN 'O-' || lpad(k::VARCHAR, 9, '0') END AS order_id,
        pick(['placed', 'paid', 'paid', 'shipped', 'shipped', 'shipped', 'shipped', 'shipped', 'cancelled', 'deleted'], version, 'status') AS status
      FROM placed
    )
  )
  SELECT CASE WHEN kind = 'broken' THEN left(json, length(json) // 2) ELSE json END AS line
  FROM (SELECT kind, to_json(content)::VARCHAR AS json FROM event);

-- The tills' lines. Their program knows the characters of Western Europe, and writes "-" for nothing.
CREATE MACRO store_rows() AS TABLE
  SELECT
    'R-' || lpad(k::VARCHAR, 9, '0') AS receipt,
    0 AS line,
    product(k, 'store product').sku AS sku,
    CASE kind WHEN 'empty' THEN '-' ELSE product(k, 'store product').category END AS category,
    1 + roll(version, 'store quantity') % 4 AS quantity,
    product(k, 'store product').price * (1 + roll(version, 'store quantity') % 4)::INTEGER AS amount,
    pick(['Zürich', 'München', 'Málaga', 'Besançon', 'Århus'], k, 'store') AS store_city,
    CASE kind WHEN 'country' THEN 'XX' ELSE pick(['CH', 'DE', 'ES', 'FR', 'DK'], k, 'store') END AS country_code,
    CASE kind WHEN 'date' THEN '30.02.2026' ELSE iso(getvariable('run_date')::TIMESTAMP - INTERVAL 60 DAY + to_seconds((roll(version, 'store time') % 5184000)::BIGINT)) END AS sold_at
  FROM ranked_rows();

-- The web shop's orders as they are placed, as text, forty in a second. An event comes up to half a minute after its order, one in a thousand twice,
-- and a few hours later.
CREATE MACRO web_order_lines() AS TABLE
  WITH numbered AS (
    SELECT
      i,
      kind,
      CASE WHEN kind = 'duplicate' AND roll(i, 'twice') % 20 = 0 THEN k ELSE i END AS n
    FROM ranked_rows()
  ),
  event AS (
    SELECT
      kind,
      {
        event_id: 'web-' || n,
        order_id: CASE WHEN kind <> 'key' THEN 'W-' || lpad(n::VARCHAR, 9, '0') END,
        placed_at: iso(getvariable('run_date')::TIMESTAMP + to_milliseconds(n * 25)
          - to_seconds(CASE WHEN kind = 'late' AND n = i AND roll(n, 'hours') % 10 = 0 THEN 7200 + (roll(n, 'web late') % 7200)::BIGINT ELSE (roll(n, 'web delay') % 30)::BIGINT END)),
        customer_id: customer_key((roll(n, 'web customer') % getvariable('customers')::UBIGINT)::BIGINT),
        shipping: {
          method: pick(['post', 'courier', 'pick-up'], n, 'web method'),
          country: pick(['FR', 'DE', 'GB', 'CH', 'US', 'JP', 'NA'], n, 'web country')
        },
        gift: CASE WHEN kind = 'quote' THEN '"maybe"' ELSE pick(['true', 'false'], n, 'gift') END::JSON,
        total: list_sum(list_transform(items, lambda e: e.quantity::INTEGER * e.unit_price)),
        items: items
      } AS content
    FROM (SELECT *, list_transform(range((1 + roll(n, 'web items') % 3)::BIGINT), lambda position: web_item(n * 3 + position)) AS items FROM numbered)
  )
  SELECT CASE WHEN kind = 'broken' THEN left(json, length(json) // 2) ELSE json END AS line
  FROM (SELECT kind, to_json(content)::VARCHAR AS json FROM event);
