// Runs SQL in DuckDB on a Delta table whose live files are taken from its log; prints one JSON array of rows per statement.
//   node duckdb-table.mjs TABLE SQL [SQL ...]     the table is called t; columns have their display names, partition columns come from the log
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { apply, emptyState } from './delta/actions.mjs';
import { readCheckpoint } from './delta/checkpoints.mjs';
import { parseSchema, physicalName } from './delta/metadata.mjs';

const types = { long: 'BIGINT', double: 'DOUBLE', boolean: 'BOOLEAN', string: 'VARCHAR', date: 'DATE', timestamp: 'TIMESTAMPTZ', binary: 'BLOB' };
const [table, ...statements] = process.argv.slice(2);
const state = await replay(path.join(table, '_delta_log'));
const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
await connection.run("SET TimeZone = 'UTC'");
await connection.run(view(state));
for (const sql of statements) console.log(JSON.stringify((await connection.runAndReadAll(sql)).getRowsJson()));

async function replay(folder) {
  const names = readdirSync(folder).sort();
  let from = -1;
  let state = emptyState();
  if (!existsSync(path.join(folder, `${'0'.padStart(20, '0')}.json`))) {
    const checkpoint = names.filter(name => /^\d{20}\.checkpoint\.parquet$/.test(name)).at(-1);
    from = Number(checkpoint.slice(0, 20));
    state = (await readCheckpoint(path.join(folder, checkpoint))).state;
  }

  for (const name of names.filter(each => /^\d{20}\.json$/.test(each) && Number(each.slice(0, 20)) > from))
    for (const line of readFileSync(path.join(folder, name), 'utf8').split('\n')) if (line) apply(state, JSON.parse(line));
  return state;
}

function view({ metaData, live }) {
  const fields = parseSchema(metaData);
  const isPartition = field => metaData.partitionColumns.includes(field.name);
  const columns = fields.map(field => `${sqlType(field)} AS ${name(field.name)}`).join(', ');
  if (live.size === 0) return `CREATE VIEW t AS SELECT ${fields.map(field => `NULL::${typeName(field)} AS ${name(field.name)}`).join(', ')} WHERE false`;
  const files = [...live.values()].map(add => text(path.resolve(table, decodeURIComponent(add.path))));
  const data = fields.filter(field => !isPartition(field));
  const values = [...live.values()].map((add, i) => `(${[files[i], ...fields.filter(isPartition).map(field => text(add.partitionValues[physicalName(field)]))].join(', ')})`);
  const partition = ['file', ...fields.filter(isPartition).map(field => name(physicalName(field)))].join(', ');
  const missing = data.map(field => `NULL::${typeName(field)} AS ${name(physicalName(field))}`);
  return `CREATE VIEW t AS SELECT ${columns} FROM (
    SELECT * FROM read_parquet([${files.join(', ')}], union_by_name = true, filename = '__file', hive_partitioning = false)
    UNION ALL BY NAME SELECT ${['NULL AS __file', ...missing].join(', ')} WHERE false
  ) d JOIN (VALUES ${values.join(', ')}) p(${partition}) ON d.__file = p.file`;

  function sqlType(field) {
    return isPartition(field) ? `nullif(p.${name(physicalName(field))}, '')::${typeName(field)}` : `d.${name(physicalName(field))}`;
  }
}

function typeName(field) {
  return types[field.type] ?? field.type;
}

function name(identifier) {
  return `"${identifier.replaceAll('"', '""')}"`;
}

function text(value) {
  return value === null || value === undefined ? 'NULL' : `'${value.replaceAll("'", "''")}'`;
}
