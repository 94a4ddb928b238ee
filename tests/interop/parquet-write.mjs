// Writes Parquet files with DuckDB and Polars into a folder and prints, for each, what DuckDB reads in it.
//   node parquet-write.mjs FOLDER [ROWS]     prints one line per file: {"name": ..., "rows": [one JSON object per row]}
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import pl from 'nodejs-polars';

const folder = process.argv[2];
const count = Number(process.argv[3] ?? 2500);
const db = await DuckDBInstance.create(':memory:', { threads: '1' });
const connection = await db.connect();
const run = sql => connection.run(sql);
await run("SET TimeZone = 'UTC'");
await run('CREATE MACRO sparse(x, i, n) AS CASE WHEN i % n = 0 THEN NULL ELSE x END');

/** Every type of DuckDB, with nulls everywhere, also inside nested values. */
const everything = rows => `SELECT
  i AS id,
  sparse(i % 2 = 0, i, 3) AS flag,
  sparse((i % 251 - 125)::TINYINT, i, 5) AS i1, sparse((i * 7 % 60000 - 30000)::SMALLINT, i, 4) AS i2,
  sparse((i * 7919 - 2000000)::INTEGER, i, 6) AS i4, sparse(i * 1234567890123 - 900000000000000, i, 7) AS i8,
  sparse((i % 256)::UTINYINT, i, 5) AS u1, sparse((i * 13 % 65536)::USMALLINT, i, 6) AS u2,
  sparse((4294967295 - i)::UINTEGER, i, 7) AS u4, sparse((18446744073709551615 - i)::UBIGINT, i, 8) AS u8,
  sparse((i / 7.0)::FLOAT, i, 9) AS f4, sparse(i / 3.0, i, 4) AS f8,
  sparse((i * 0.01 - 5)::DECIMAL(4, 2), i * 0 + i % 700, 3) AS d4, sparse((i * 1.001 - 99)::DECIMAL(9, 3), i, 5) AS d9,
  sparse((i * 12345.6789 - 5000000)::DECIMAL(18, 4), i, 6) AS d18, sparse((i * 123456789.123456 - 100000000000)::DECIMAL(38, 6), i, 7) AS d38,
  sparse(DATE '1950-01-01' + (i * 17 % 60000)::INTEGER, i, 4) AS day,
  sparse((TIME '00:00:00' + to_microseconds(i * 8640013))::TIME, i, 5) AS clock,
  sparse((TIMESTAMP '1960-01-01' + to_seconds(i * 700001))::TIMESTAMP_S, i, 6) AS ts_s,
  sparse((TIMESTAMP '1960-01-01' + to_milliseconds(i * 700000123))::TIMESTAMP_MS, i, 6) AS ts_ms,
  sparse(TIMESTAMP '1960-01-01' + to_microseconds(i * 700000000123), i, 6) AS ts_us,
  sparse((TIMESTAMP '1980-01-01' + to_microseconds(i * 700000000123))::TIMESTAMP_NS, i, 6) AS ts_ns,
  sparse((TIMESTAMP '1960-01-01' + to_microseconds(i * 700000000123))::TIMESTAMPTZ, i, 6) AS ts_tz,
  sparse('Wörter 😀 "' || i, i, 8) AS unique_text, sparse('word ' || i % 12, i, 3) AS few, sparse(repeat('x', (i % 50)::INTEGER), i, 9) AS long_or_empty,
  sparse(encode('b' || i), i, 7) AS blob,
  sparse(md5(i::VARCHAR)::UUID, i, 5) AS uuid,
  sparse((['red', 'green', 'blue'][i % 3 + 1])::ENUM('red', 'green', 'blue'), i, 7) AS colour,
  NULL::INTEGER AS never, 42 AS always,
  sparse(('{"k": [' || i || ', null, "x"]}')::JSON, i, 5) AS doc,
  sparse({'a': sparse(i, i, 2), 'b': {'c': sparse('c' || i, i, 3), 'd': sparse([i, NULL, i + 1], i, 5)}}, i, 7) AS s,
  sparse(sparse([], i % 5, 3), i, 7) AS nothing_or_empty,
  sparse([i, NULL, i * 2][1:(i % 4)::INTEGER], i, 6) AS list,
  sparse([[1, i], [], NULL, [NULL, 4]][1:(i % 5)::INTEGER], i, 6) AS lists,
  sparse([{'x': i, 'y': [sparse('y', i, 2)]}, NULL, {'x': NULL, 'y': NULL}][1:(i % 4)::INTEGER], i, 8) AS structs,
  sparse(MAP {'k' || i % 3: sparse(i, i, 2), 'z': NULL}, i, 5) AS map,
  sparse(MAP {i: [i], i + 1: NULL}, i, 6) AS map_of_lists
FROM range(1, ${rows} + 1) AS r(i)`;

/** What differs only in how it is written down. */
const asWeSeeThem = `SELECT to_json(t) AS j FROM (SELECT * REPLACE (base64(blob) AS blob, f4::DOUBLE AS f4, ts_ns::TIMESTAMP AS ts_ns) FROM FILE) t`;

const report = async (name, view = 'SELECT to_json(t) AS j FROM (SELECT * FROM FILE) t') => {
  const reader = await connection.runAndReadAll(view.replace('FILE', `'${join(folder, name)}'`));
  console.log(JSON.stringify({ name, rows: reader.getRowsJson().map(row => row[0]) }));
};

const options = {
  'snappy-v1': 'COMPRESSION snappy',
  'gzip-v1': 'COMPRESSION gzip',
  'plain-v1': 'COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1',
  'snappy-v2': 'COMPRESSION snappy, PARQUET_VERSION V2',
  'delta-v2': 'COMPRESSION uncompressed, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
  'gzip-v2': 'COMPRESSION gzip, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1',
  'brotli-v1': 'COMPRESSION brotli',
};
for (const [name, option] of Object.entries(options)) {
  await run(`COPY (${everything(count)}) TO '${join(folder, `duckdb-${name}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 2048, ${option})`);
  await report(`duckdb-${name}.parquet`, asWeSeeThem);
}
await run(`COPY (SELECT * FROM (${everything(3)}) WHERE false) TO '${join(folder, 'duckdb-empty.parquet')}' (FORMAT parquet)`);
await report('duckdb-empty.parquet', asWeSeeThem);

const frame = rows => {
  const ids = Array.from({ length: rows }, (_, i) => i);
  const sparse = (n, make) => ids.map(i => (i % n === 0 ? null : make(i)));
  return pl.DataFrame({
    id: pl.Series('id', ids, pl.Int64),
    small: pl.Series('small', sparse(3, i => i % 100), pl.Int16),
    unsigned: pl.Series('unsigned', sparse(4, i => i * 5), pl.UInt32),
    f8: pl.Series('f8', sparse(5, i => i / 7), pl.Float64),
    flag: pl.Series('flag', sparse(6, i => i % 2 === 0), pl.Bool),
    text: pl.Series('text', sparse(4, i => `Grüße ${i}`), pl.Utf8),
    few: pl.Series('few', sparse(5, i => `word ${i % 9}`), pl.Utf8),
    moment: pl.Series('moment', sparse(7, i => new Date(i * 86400017 - 5e11))),
    list: pl.Series('list', ids.map(i => [i, i + 1, null].slice(0, 1 + (i % 3))), pl.List(pl.Int64)),
    never: pl.Series('never', ids.map(() => null), pl.Float64),
  });
};
for (const compression of ['snappy', 'uncompressed', 'gzip', 'zstd', 'lz4']) {
  const name = `polars-${compression}.parquet`;
  frame(count).writeParquet(join(folder, name), { compression });
  await report(name);
}
