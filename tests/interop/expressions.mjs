// Evaluates expressions in DuckDB over one table and prints one JSON line per expression: {"rows": [...]} or {"error": "..."}.
//   node expressions.mjs FILE     FILE holds {"setup": [sql], "expressions": [select list item, ...]}
import { readFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const { setup, expressions } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
await connection.run("SET TimeZone = 'UTC'");
for (const sql of setup) await connection.run(sql);
for (const expression of expressions) {
  try {
    const reader = await connection.runAndReadAll(`select ${expression} from rows order by id`);
    console.log(JSON.stringify({ rows: reader.getRowsJson().map(row => row[0]) }));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error.message ?? error) }));
  }
}
