import type { Field, Fields, RecordField } from './fields.ts';

/**
 * Makes records required, and records within them, unless they say otherwise: an entity shows its whole structure.
 * Records within lists and maps are left as they are, as in Kong.
 */
export function requireRecords(fields: Fields): Fields {
  const result: Record<string, Field> = {};
  for (const [name, field] of Object.entries(fields)) {
    result[name] = field.type === 'record' && field.abstract !== true ? requireRecord(field) : field;
  }
  return result;
}

function requireRecord(field: RecordField): RecordField {
  return { ...field, required: field.required ?? true, fields: requireRecords(field.fields) };
}
