// Writes a Parquet file again with Polars.
//   node polars-parquet.mjs SOURCE TARGET=CODEC [TARGET=CODEC ...]     codecs: uncompressed, snappy, gzip, brotli, lz4, zstd
import pl from 'nodejs-polars';

const [source, ...targets] = process.argv.slice(2);
const frame = pl.readParquet(source);
for (const target of targets) {
  const at = target.lastIndexOf('=');
  frame.writeParquet(target.slice(0, at), { compression: target.slice(at + 1) });
}
