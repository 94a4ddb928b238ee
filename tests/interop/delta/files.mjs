// A live data file: it exists, has the size and rows that the log says, columns of the table's types, true statistics and partition values.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { fail } from './fail.mjs';
import { parseSchema, physicalName } from './metadata.mjs';
import { checkStatistics } from './statistics.mjs';

const parsers = {
  timestampFromMicroseconds: micros => micros,
  timestampFromMilliseconds: millis => BigInt(millis) * 1000n,
  timestampFromNanoseconds: nanos => nanos / 1000n,
  dateFromDays: days => days,
};

// Returns the number of rows.
export async function checkFile(table, add, metaData) {
  const where = add.path;
  const file = path.resolve(table, decodeURIComponent(add.path));
  if (!existsSync(file)) fail(`${where}: there is no such file`);
  if (statSync(file).size !== add.size) fail(`${where}: the log says ${add.size} bytes, the file has ${statSync(file).size}`);
  const fields = parseSchema(metaData);
  checkPartition(add, metaData, fields, where);

  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const columns = fields.filter(field => !metaData.partitionColumns.includes(field.name));
  checkColumns(metadata, columns, metaData, where);
  keepDecimalsExact(metadata);
  const rows = await parquetReadObjects({ file: buffer, metadata, compressors, parsers });
  if (rows.length !== Number(metadata.num_rows)) fail(`${where}: the footer says ${metadata.num_rows} rows, there are ${rows.length}`);
  for (const field of columns)
    if (!field.nullable && rows.some(row => row[physicalName(field)] == null)) fail(`${where}: column ${field.name} holds nulls and is not nullable`);
  if (add.stats) checkStatistics(add.stats, rows, columns, where);
  return rows.length;
}

function checkColumns(metadata, columns, metaData, where) {
  const [root, ...elements] = metadata.schema;
  if (root.num_children !== elements.length) fail(`${where}: nested columns`);
  const mapped = (metaData.configuration['delta.columnMapping.mode'] ?? 'none') !== 'none';
  for (const element of elements) {
    const field = columns.find(each => physicalName(each) === element.name) ?? fail(`${where}: column ${element.name} is not in the table's schema`);
    if (!fits(element, field.type)) fail(`${where}: column ${field.name} is ${field.type} in the table and ${element.type} ${element.converted_type ?? ''} in the file`);
    if (mapped && element.field_id !== field.metadata['delta.columnMapping.id']) fail(`${where}: column ${field.name} has field id ${element.field_id}`);
  }
}

function fits(element, type) {
  const { type: physical, converted_type: converted, logical_type: logical } = element;
  const plain = converted === undefined && logical === undefined;
  if (type.startsWith('decimal')) {
    const [, precision, scale] = /\((\d+),(\d+)\)/.exec(type);
    return converted === 'DECIMAL' && element.precision === Number(precision) && (element.scale ?? 0) === Number(scale);
  }

  switch (type) {
    case 'long': return physical === 'INT64' && (plain || converted === 'INT_64');
    case 'double': return physical === 'DOUBLE';
    case 'boolean': return physical === 'BOOLEAN';
    case 'string': return physical === 'BYTE_ARRAY' && (converted === 'UTF8' || logical?.type === 'STRING');
    case 'binary': return physical === 'BYTE_ARRAY' && plain;
    case 'date': return physical === 'INT32' && converted === 'DATE';
    case 'timestamp': return physical === 'INT96' || (physical === 'INT64' && converted === 'TIMESTAMP_MICROS' && logical?.isAdjustedToUTC !== false);
    default: return true;
  }
}

// Without the mark, decimals come as the unscaled integers that they are, not as rounded doubles.
function keepDecimalsExact(metadata) {
  for (const element of metadata.schema) {
    if (element.converted_type !== 'DECIMAL') continue;
    delete element.converted_type;
    delete element.logical_type;
  }
}

function checkPartition(add, metaData, fields, where) {
  const columns = metaData.partitionColumns.map(name => fields.find(field => field.name === name));
  const expected = columns.map(physicalName).sort();
  if (JSON.stringify(Object.keys(add.partitionValues).sort()) !== JSON.stringify(expected)) fail(`${where}: partition values of ${Object.keys(add.partitionValues)} instead of ${expected}`);
  for (const field of columns) checkPartitionValue(add.partitionValues[physicalName(field)], field, where);
  for (const segment of decodeURIComponent(add.path).split('/').slice(0, -1)) {
    const at = segment.indexOf('=');
    if (at < 0) continue;
    const name = unescapeHive(segment.slice(0, at));
    if (!expected.includes(name)) fail(`${where}: folder ${segment} is no partition column`);
    if (/~[0-9a-f]{16}$/.test(segment)) continue;
    const inFolder = unescapeHive(segment.slice(at + 1));
    const value = add.partitionValues[name];
    const folder = inFolder === '__HIVE_DEFAULT_PARTITION__' ? null : inFolder;
    if (folder !== (value === '' ? null : value)) fail(`${where}: folder ${segment} and partition value ${JSON.stringify(value)} differ`);
  }
}

function checkPartitionValue(value, field, where) {
  if (value === null || value === '') return;
  const forms = {
    long: /^-?\d+$/, double: /^(-?\d+(\.\d+)?([eE][+-]?\d+)?|NaN|-?Infinity)$/, boolean: /^(true|false)$/, date: /^\d{4}-\d\d-\d\d$/,
    timestamp: /^\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(\.\d{1,6})?Z?$/,
  };
  const form = forms[field.type] ?? (field.type.startsWith('decimal') ? /^-?\d+(\.\d+)?$/ : /^/);
  if (!form.test(value)) fail(`${where}: partition value ${JSON.stringify(value)} is not a ${field.type}`);
}

function unescapeHive(text) {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}
