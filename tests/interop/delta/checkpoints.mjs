// Classic checkpoints: every row is one action; the whole equals the replayed entries.
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { apply, checkShape, emptyState } from './actions.mjs';
import { fail } from './fail.mjs';

const weekMs = 7 * 24 * 3600 * 1000;

export async function readCheckpoint(file) {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const rows = await parquetReadObjects({ file: buffer, metadata, compressors });
  const state = emptyState();
  for (const row of rows) {
    const actions = Object.entries(row).filter(([, body]) => body !== null && body !== undefined);
    if (actions.length !== 1) fail(`${file}: a row holds ${actions.length} actions: ${actions.map(([name]) => name)}`);
    const [[name, body]] = actions;
    if (name === 'commitInfo' || name === 'cdc') fail(`${file}: a checkpoint must not hold ${name}`);
    if (name === 'domainMetadata' && body.removed) fail(`${file}: a checkpoint must not hold the removed domain ${body.domain}`);
    const plain = simplify(body);
    checkShape(name, plain, file);
    apply(state, { [name]: plain });
  }

  return { rows: rows.length, state, columns: metadata.schema.map(element => element.name) };
}

export function compareWithCheckpoint(state, checkpoint, version, nowMs) {
  const where = `checkpoint ${version}`;
  same(normalProtocol(checkpoint.state.protocol), normalProtocol(state.protocol), `${where}: protocol`);
  same(normalMetadata(checkpoint.state.metaData), normalMetadata(state.metaData), `${where}: metaData`);
  sameMap(checkpoint.state.txns, state.txns, txn => [txn.version, txn.lastUpdated ?? null], `${where}: txn`);
  sameMap(checkpoint.state.domains, state.domains, domain => domain.configuration, `${where}: domainMetadata`);
  sameMap(checkpoint.state.live, state.live, add => [add.size, add.modificationTime, add.stats ?? null, sorted(add.partitionValues), sorted(add.tags)], `${where}: add`);
  const removed = new Map([...state.tombstones].filter(([key, remove]) => checkpoint.state.tombstones.has(key) || (remove.deletionTimestamp ?? 0) > nowMs - retention(state.metaData)));
  sameMap(checkpoint.state.tombstones, removed, remove => [remove.deletionTimestamp ?? null, remove.size ?? null], `${where}: remove`);
  if (state.protocol.minWriterVersion === 7 && !checkpoint.columns.includes('writerFeatures')) fail(`${where}: its schema has no writerFeatures`);
  if (state.protocol.minReaderVersion === 3 && !checkpoint.columns.includes('readerFeatures')) fail(`${where}: its schema has no readerFeatures`);
}

function retention(metaData) {
  const days = /interval (\d+) days?/.exec(metaData.configuration['delta.deletedFileRetentionDuration'] ?? '');
  return days ? Number(days[1]) * 24 * 3600 * 1000 : weekMs;
}

// Numbers as in JSON, maps as objects, absent instead of null.
function simplify(value) {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(each => each && typeof each === 'object' && 'key' in each)) return Object.fromEntries(value.map(({ key, value: inner }) => [key, inner ?? null]));
    return value.map(simplify);
  }

  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([name, each]) => [name, each === null ? null : simplify(each)]));
}

function normalProtocol(protocol) {
  return { reader: protocol.minReaderVersion, writer: protocol.minWriterVersion, readerFeatures: protocol.readerFeatures ?? null, writerFeatures: protocol.writerFeatures ?? null };
}

function normalMetadata(metaData) {
  const { id, name, description, schemaString, partitionColumns, configuration, createdTime, format } = metaData;
  return { id, name: name ?? null, description: description ?? null, provider: format.provider, schemaString, partitionColumns, configuration: sorted(configuration), createdTime: createdTime ?? null };
}

function sorted(map) {
  return map ? Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)) : [];
}

function same(found, expected, what) {
  if (JSON.stringify(found) !== JSON.stringify(expected)) fail(`${what} differs from the log: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`);
}

function sameMap(found, expected, facts, what) {
  for (const key of expected.keys()) if (!found.has(key)) fail(`${what} of ${key} is missing`);
  for (const [key, value] of found) {
    if (!expected.has(key)) fail(`${what} of ${key} is not in the log`);
    same(facts(value), facts(expected.get(key)), `${what} of ${key}`);
  }
}
