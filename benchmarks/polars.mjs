// Runs one case with Polars, lazily and streaming to Parquet: node polars.mjs <case> <input folder> <output folder>
import pl from 'nodejs-polars';

const [name, input, output] = process.argv.slice(2);
const customers = () => pl.scanCSV(`${input}/customers.csv`, { tryParseDates: true });
const accounts = () => pl.scanCSV(`${input}/accounts.csv`);
const countries = () => pl.scanCSV(`${input}/countries.csv`);
const latest = (frame) => frame.sort('updated_at', true).unique({ subset: ['customer_id'], keep: 'first', maintainOrder: true });

const cases = {
  filter: () => customers().filter(pl.col('revenue').gt(500).and(pl.col('country').eq(pl.lit('FR')))),
  derive: () => customers().withColumns(pl.col('revenue').mul(1.2).alias('gross'), pl.col('name').str.toUpperCase().alias('label')),
  deduplicate: () => latest(customers()),
  sort: () => customers().sort([pl.col('country'), pl.col('revenue')], false, true),
  join: () => customers().join(accounts(), { leftOn: 'customer_id', rightOn: 'id', how: 'left' }),
  lookup: () => customers().join(countries(), { leftOn: 'country', rightOn: 'code', how: 'left' }),
  aggregate: () =>
    customers().groupBy('country').agg(pl.len().alias('customers'), pl.col('revenue').sum().alias('total'), pl.col('revenue').max().alias('highest')),
  sample: () =>
    latest(customers())
      .join(accounts(), { leftOn: 'customer_id', rightOn: 'id', how: 'left' })
      .join(countries(), { leftOn: 'country', rightOn: 'code', how: 'left' })
      .select('customer_id', 'name', 'email', 'country', 'revenue', 'updated_at', 'balance', 'country_name')
      .sort('customer_id'),
};

(await cases[name]().collect()).writeParquet(`${output}/result.parquet`, { compression: 'zstd' });
