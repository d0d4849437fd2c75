/**
 * Schema: the language in which everything configurable is described once, and its readings: types, validation,
 * defaults, Kong's JSON. It knows no entity, no store and no HTTP.
 */
export { type Address, formatAddress, type ParsedAddress, parseAddress } from './addresses.ts';
export { createSchema } from './create-schema.ts';
export { describeViolations } from './describe.ts';
export { defineEntity, type EntityDefinition, type Subschema, type Transformation } from './entity.ts';
export * from './fields.ts';
export type { ConfigOf, Given, GivenOf, Json, Row, Stored, StoredOf, StoredValue, ValueOf } from './infer.ts';
export { luaLiteral } from './lua-literal.ts';
export { type FieldOf, type Reading, read } from './readings.ts';

export { checkRegex } from './regex-check.ts';
export type { MakeOptions, Outcome, Reference, Schema, SchemaEnvironment } from './schema.ts';
export { entityToJson, subschemaToJson } from './to-json.ts';
export * as typedefs from './typedefs/index.ts';
export { normalizePath, parseUrl, type UrlParts } from './uri.ts';
export { isReference } from './values.ts';
