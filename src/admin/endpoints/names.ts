import type { EntityDefinition } from '../../schema/index.ts';

/** The name of an entity as the first part of a path. */
export function topName(definition: EntityDefinition): string {
  return definition.admin_api_name ?? definition.name;
}

/** The name of an entity under its parent. */
export function nestedName(definition: EntityDefinition): string {
  return definition.admin_api_nested_name ?? topName(definition);
}
