// Reads a Parquet file with hyparquet and prints its rows as JSON, one array of objects.
//   node hyparquet.mjs FILE [meta]    with "meta": the row groups' statistics instead
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const text = (_, value) => {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return value;
};
const [path, what] = process.argv.slice(2);
const file = await asyncBufferFromFile(path);
if (what === 'meta') {
  const metadata = await parquetMetadataAsync(file);
  console.log(JSON.stringify(metadata.row_groups.map(group => ({
    rows: group.num_rows,
    columns: group.columns.map(({ meta_data: column }) => ({ path: column.path_in_schema.join('.'), codec: column.codec, encodings: column.encodings, statistics: column.statistics })),
  })), text));
} else {
  console.log(JSON.stringify(await parquetReadObjects({ file, compressors }), text));
}
