// The peers' side of W1-W4: node peers.mjs <duckdb|polars|chdb> <w1|w2|w3|w4> <threads> <input> <output>
// Every peer is given the schema and its fastest documented settings for the work.
const [peer, work, threads, input, output] = process.argv.slice(2);

const types = {
  trip_id: 'BIGINT', pickup_at: 'TIMESTAMP', dropoff_at: 'TIMESTAMP', vendor: 'VARCHAR', zone_key: 'VARCHAR', passenger_count: 'BIGINT',
  distance_km: 'DOUBLE', amount: 'DOUBLE', tip: 'DOUBLE', payment_type: 'VARCHAR', pickup_lat: 'DOUBLE', pickup_lon: 'DOUBLE',
  rider_email: 'VARCHAR', flagged: 'BOOLEAN', note: 'VARCHAR',
};

async function duckdb() {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const columns = Object.entries(types).map(([name, type]) => `${name}:'${type}'`).join(',');
  const csv = `read_csv('${input}',header=true,columns={${columns}},auto_detect=false,delim=',',quote='"',escape='"')`;
  const ndjson = `read_ndjson('${input}',columns={${columns},meta:'STRUCT(device VARCHAR, app VARCHAR, score DOUBLE, tags VARCHAR[])'})`;
  const clean = from => `COPY (SELECT *, (amount + coalesce(tip,0.0))*1.08 AS total FROM ${from} WHERE amount > 10) TO '${output}' (FORMAT parquet, COMPRESSION snappy)`;
  const sql = {
    w1: clean(csv),
    w2: clean(ndjson),
    w3: `COPY (SELECT zone_key, count(*) n, sum(amount) s, avg(amount) a FROM ${csv} GROUP BY zone_key ORDER BY zone_key) TO '${output}' (FORMAT csv, HEADER)`,
    w4: `SUMMARIZE SELECT * FROM ${csv}`,
  }[work];
  const db = await DuckDBInstance.create(':memory:', { threads });
  const connection = await db.connect();
  await connection.run('SET preserve_insertion_order=false');
  const rows = (await connection.runAndReadAll(sql)).getRowsJson();
  if (work === 'w4') for (const row of rows) console.log(row.join('|'));
}

async function polars() {
  const pl = (await import('nodejs-polars')).default;
  if (work === 'w1') {
    const rows = pl.scanCSV(input, { tryParseDates: true, inferSchemaLength: 1000 });
    const total = pl.col('amount').add(pl.col('tip').fillNull(0)).mul(1.08).alias('total');
    const clean = await rows.filter(pl.col('amount').gt(10)).withColumn(total).collect();
    clean.writeParquet(output, { compression: 'snappy' });
  } else if (work === 'w3') {
    const rows = pl.scanCSV(input, { inferSchemaLength: 1000 });
    const groups = await rows.groupBy('zone_key').agg(pl.col('amount').count().alias('n'), pl.col('amount').sum().alias('s'), pl.col('amount').mean().alias('a')).collect();
    groups.sort('zone_key').writeCSV(output);
  } else {
    throw new Error(`polars is not run on ${work}`);
  }
}

async function chdb() {
  const { query } = await import('chdb');
  const structure = Object.entries(types).map(([name, type]) => {
    const its = { BIGINT: 'Int64', TIMESTAMP: 'DateTime64(6)', VARCHAR: 'String', DOUBLE: 'Float64', BOOLEAN: 'Bool' }[type];
    return `${name} Nullable(${its})`;
  }).join(', ');
  const csv = `file('${input}', 'CSVWithNames', '${structure}')`;
  const settings = `SETTINGS max_threads=${threads}`;
  const profile = Object.entries(types).map(([name, type]) => {
    const common = `countIf(${name} IS NULL), min(${name}), max(${name}), uniq(${name})`;
    return type === 'DOUBLE' || type === 'BIGINT' ? `${common}, avg(${name}), stddevSamp(${name}), quantiles(0.25,0.5,0.75)(${name})` : common;
  }).join(', ');
  const sql = {
    w3: `SELECT zone_key, count(*), sum(amount), avg(amount) FROM ${csv} GROUP BY zone_key ORDER BY zone_key INTO OUTFILE '${output}' TRUNCATE FORMAT CSVWithNames ${settings}`,
    w4: `SELECT ${profile} FROM ${csv} ${settings}`,
  }[work];
  if (!sql) throw new Error(`chdb is not run on ${work}`);
  console.log(query(sql, 'CSV'));
}

await { duckdb, polars, chdb }[peer]();
