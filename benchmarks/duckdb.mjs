// Runs one file of hand-written SQL on the very engine the hub uses: node duckdb.mjs <file.sql> <input folder> <output folder> <threads>
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [file, input, output, threads] = process.argv.slice(2);
const instance = await DuckDBInstance.create(':memory:', { threads, temp_directory: `${output}/spill` });
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
await connection.run(readFileSync(file, 'utf8').replaceAll('{input}', input).replaceAll('{output}', output));
