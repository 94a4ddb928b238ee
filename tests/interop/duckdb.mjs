// Runs SQL in DuckDB and prints one JSON array of rows per line.
//   node duckdb.mjs SQL [SQL ...]     statements that return nothing print []
import { DuckDBInstance } from '@duckdb/node-api';

const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
await connection.run("SET TimeZone = 'UTC'");
for (const sql of process.argv.slice(2)) {
  const reader = await connection.runAndReadAll(sql);
  console.log(JSON.stringify(reader.getRowsJson()));
}
