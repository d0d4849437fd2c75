/**
 * Schema: the language in which everything configurable is described once, and its readings: types, validation,
 * defaults, Kong's JSON. It knows no entity, no store and no HTTP.
 */
export { defineEntity, type EntityDefinition, type Subschema, type Transformation } from './entity.ts';
export * from './fields.ts';
export type { ConfigOf, Given, GivenOf, Json, Row, Stored, StoredOf, StoredValue, ValueOf } from './infer.ts';
export type { Outcome, Schema, SchemaEnvironment } from './schema.ts';
