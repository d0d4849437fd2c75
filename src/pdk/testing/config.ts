import type { Field, Fields, Row, StoredOf } from '../../schema/index.ts';
import type { PluginDefinition } from '../plugin.ts';

/** The configuration as it is stored: defaults filled in, null for what is absent. */
export function completeConfig<F extends Fields>(plugin: PluginDefinition<F>, given: Row): StoredOf<F> {
  return completeRecord(plugin.config, given) as StoredOf<F>;
}

function completeRecord(fields: Fields, given: Row): Row {
  const complete: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) complete[name] = completeField(field, given[name]);
  return complete;
}

function completeField(field: Field, given: unknown): unknown {
  if (field.type === 'record' && given !== null) return completeRecord(field.fields, (given ?? {}) as Row);
  return given === undefined ? (field.default ?? null) : given;
}
