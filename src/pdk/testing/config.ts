import { randomUUID } from 'node:crypto';
import { randomString } from '../../kernel/index.ts';
import { createSchema, describeViolations, type EntityDefinition, type Row } from '../../schema/index.ts';
import type { AnyPlugin } from '../plugin.ts';
import { pluginSubschema } from '../plugin-schema.ts';

/**
 * The configuration as it would be stored: checked, defaults filled in, null for what is absent.
 * @throws Error with Kong's message when the plugin's schema refuses it.
 */
export function storedConfig(plugin: AnyPlugin, given: Row): Row {
  const { fields, entity_checks } = pluginSubschema(plugin);
  const definition: EntityDefinition = {
    name: 'plugins',
    primary_key: ['id'],
    fields,
    ...(entity_checks && { entity_checks }),
  };
  const schema = createSchema(definition, {
    now: () => 0,
    uuid: () => randomUUID(),
    randomString: () => randomString(),
    subschema: () => undefined,
  });
  const outcome = schema.insert({ config: given });
  if (!outcome.ok) throw new Error(describeViolations(outcome.errors));
  return outcome.value['config'] as Row;
}
