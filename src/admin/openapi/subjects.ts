import type { EntityDefinition } from '../../schema/index.ts';
import { nestedName, topName } from '../endpoints/names.ts';

/** What a path of the API is about. */
export interface Subject {
  readonly entity: string;
  /** A list of rows, or one row. */
  readonly shape: 'list' | 'row';
  /** The entity whose row the path starts from, where it is another one. */
  readonly within?: string;
}

/** The subjects of all paths that follow from entities, by path. */
export function subjectsOf(entities: readonly EntityDefinition[]): ReadonlyMap<string, Subject> {
  const subjects = new Map<string, Subject>();
  const byName = new Map(entities.map((definition) => [definition.name, definition]));
  for (const definition of entities) {
    const { name: entity, fields } = definition;
    const top = topName(definition);
    const row = `/${top}/:${entity}`;
    subjects.set(`/${top}`, { entity, shape: 'list' });
    subjects.set(row, { entity, shape: 'row' });
    for (const [field, spec] of Object.entries(fields)) {
      if (spec.type !== 'foreign') continue;
      const parent = byName.get(spec.reference);
      if (parent === undefined) continue;
      const nested = `/${topName(parent)}/:${parent.name}/${nestedName(definition)}`;
      subjects.set(nested, { entity, shape: 'list', within: parent.name });
      subjects.set(`${nested}/:${entity}`, { entity, shape: 'row', within: parent.name });
      subjects.set(`${row}/${field}`, { entity: parent.name, shape: 'row', within: entity });
    }
  }
  return subjects;
}
