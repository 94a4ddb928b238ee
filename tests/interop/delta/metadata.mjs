// Protocol and metaData: versions, features, columns, column mapping.
import { fail } from './fail.mjs';

const readerWriterFeatures = ['columnMapping', 'deletionVectors', 'timestampNtz', 'v2Checkpoint', 'vacuumProtocolCheck'];
const primitive = /^(string|long|integer|short|byte|float|double|boolean|binary|date|timestamp|timestamp_ntz|decimal\(\d+,\d+\))$/;

export function checkProtocol(protocol, version) {
  const where = `version ${version}: protocol`;
  const { minReaderVersion: reader, minWriterVersion: writer, readerFeatures, writerFeatures } = protocol;
  if (reader < 1 || reader > 3 || writer < 1 || writer > 7) fail(`${where} ${reader}, ${writer} is unknown`);
  if ((reader === 3) !== Array.isArray(readerFeatures)) fail(`${where}: readerFeatures go with reader version 3 and only with it`);
  if ((writer === 7) !== Array.isArray(writerFeatures)) fail(`${where}: writerFeatures go with writer version 7 and only with it`);
  if (reader === 3 && writer !== 7) fail(`${where}: reader version 3 needs writer version 7`);
  for (const feature of writerFeatures ?? []) {
    if (!readerWriterFeatures.includes(feature)) continue;
    const legacyMapping = feature === 'columnMapping' && reader === 2;
    if (!legacyMapping && !(readerFeatures ?? []).includes(feature)) fail(`${where}: ${feature} must be a reader feature too`);
  }
}

export function checkMetadata(metaData, protocol, domains, version) {
  const where = `version ${version}: metaData`;
  const fields = parseSchema(metaData, where);
  const names = fields.map(field => field.name.toLowerCase());
  if (new Set(names).size !== names.length) fail(`${where}: two columns have one name`);
  for (const column of metaData.partitionColumns) if (!fields.some(field => field.name === column)) fail(`${where}: partition column ${column} is not in the schema`);
  if (metaData.format.provider !== 'parquet') fail(`${where}: format ${metaData.format.provider}`);
  if (domains.size > 0 && !(protocol.writerFeatures ?? []).includes('domainMetadata')) fail(`version ${version}: domainMetadata without the feature`);
  checkMapping(metaData, protocol, fields, where);
}

export function parseSchema(metaData, where = 'metaData') {
  const schema = JSON.parse(metaData.schemaString);
  if (schema.type !== 'struct' || !Array.isArray(schema.fields)) fail(`${where}: the schema is not a struct`);
  for (const field of schema.fields) {
    if (typeof field.name !== 'string' || typeof field.nullable !== 'boolean' || typeof field.metadata !== 'object') fail(`${where}: column ${JSON.stringify(field)} is not complete`);
    if (typeof field.type === 'string' && !primitive.test(field.type)) fail(`${where}: column ${field.name} has the unknown type ${field.type}`);
  }

  return schema.fields;
}

export function physicalName(field) {
  return field.metadata['delta.columnMapping.physicalName'] ?? field.name;
}

function checkMapping(metaData, protocol, fields, where) {
  const mode = metaData.configuration['delta.columnMapping.mode'] ?? 'none';
  const awkward = fields.find(field => /[ ,;{}()\n\t=]/.test(field.name));
  if (mode === 'none') {
    if (awkward) fail(`${where}: the name '${awkward.name}' needs column mapping`);
    if (fields.some(field => 'delta.columnMapping.id' in field.metadata)) fail(`${where}: columns have mapping ids without column mapping`);
    return;
  }

  const supported = (protocol.minReaderVersion === 2 || (protocol.readerFeatures ?? []).includes('columnMapping'))
    && (protocol.minWriterVersion < 7 ? protocol.minWriterVersion >= 5 : protocol.writerFeatures.includes('columnMapping'));
  if (!supported) fail(`${where}: column mapping is on and the protocol does not support it`);
  const ids = fields.map(field => field.metadata['delta.columnMapping.id']);
  if (!ids.every(Number.isInteger)) fail(`${where}: a column has no mapping id`);
  if (!fields.every(field => field.metadata['delta.columnMapping.physicalName'])) fail(`${where}: a column has no physical name`);
  if (new Set(ids).size !== ids.length) fail(`${where}: two columns have one mapping id`);
  if (new Set(fields.map(physicalName)).size !== fields.length) fail(`${where}: two columns have one physical name`);
  const most = Number(metaData.configuration['delta.columnMapping.maxColumnId']);
  if (!(most >= Math.max(0, ...ids))) fail(`${where}: maxColumnId ${most} is below an id`);
}
