import { type EntityCheck, type Fields, f, type Subschema, typedefs } from '../schema/index.ts';
import type { AnyPlugin } from './plugin.ts';

/** What a plugin adds to the entity `plugins`: its `config`, and what narrows the fields that all plugins have. */
export function pluginSubschema(plugin: AnyPlugin): Subschema {
  const { entity_checks, config_checks, shorthand_fields, custom_validator } = plugin;
  const bans = plugin.not_on ?? [];
  const fields: Fields = {
    ...(bans.includes('route') && { route: typedefs.noRoute() }),
    ...(bans.includes('service') && { service: typedefs.noService() }),
    ...(bans.includes('consumer') && { consumer: typedefs.noConsumer() }),
    protocols:
      plugin.protocols === undefined
        ? typedefs.protocolsHttp()
        : protocolsOf(plugin.protocols, plugin.default_protocols ?? plugin.protocols),
    config: f.record(plugin.config as Fields, {
      required: true,
      ...(shorthand_fields && { shorthand_fields }),
      ...(config_checks && { entity_checks: config_checks as readonly EntityCheck[] }),
      ...(custom_validator && { custom_validator }),
    }),
  };
  return Object.freeze({
    name: plugin.name,
    fields,
    ...(entity_checks && { entity_checks: entity_checks as readonly EntityCheck[] }),
  });
}

function protocolsOf(names: readonly string[], defaults: readonly string[]): Fields[string] {
  return f.set(f.string({ one_of: names }), { required: true, default: defaults });
}
