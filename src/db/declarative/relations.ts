import type { EntityDefinition } from '../../schema/index.ts';

/** A foreign field of an entity. */
export interface ForeignLink {
  readonly field: string;
  readonly parent: string;
}

/** How the entities of a configuration hang together. */
export interface Relations {
  /** Entities that a configuration may hold, each after those that it refers to. */
  readonly ordered: readonly EntityDefinition[];
  /** The foreign fields of an entity. */
  linksOf(entity: string): readonly ForeignLink[];
  /** Entities that may be nested in rows of this one, with the field that refers back. */
  childrenOf(entity: string): readonly { readonly child: EntityDefinition; readonly field: string }[];
}

/** Reads the relations off the definitions. Tags are a view and have no rows of their own. */
export function relationsOf(definitions: readonly EntityDefinition[]): Relations {
  const stored = definitions.filter(({ name }) => name !== 'tags');
  const links = new Map(stored.map((definition) => [definition.name, linksIn(definition)]));
  const ordered = inOrder(stored, links);
  const children = new Map<string, { child: EntityDefinition; field: string }[]>();
  for (const child of ordered) {
    for (const { field, parent } of links.get(child.name)!) {
      const list = children.get(parent) ?? [];
      children.set(parent, list);
      // An entity that refers twice to another is nested by its first field.
      if (!list.some((known) => known.child === child)) list.push({ child, field });
    }
  }
  return {
    ordered,
    linksOf: (entity) => links.get(entity) ?? [],
    childrenOf: (entity) => children.get(entity) ?? [],
  };
}

function linksIn({ fields }: EntityDefinition): ForeignLink[] {
  return Object.entries(fields).flatMap(([field, spec]) =>
    spec.type === 'foreign' ? [{ field, parent: spec.reference }] : [],
  );
}

function inOrder(
  definitions: readonly EntityDefinition[],
  links: ReadonlyMap<string, readonly ForeignLink[]>,
): EntityDefinition[] {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const ordered: EntityDefinition[] = [];
  const entered = new Set<string>();
  const visit = (definition: EntityDefinition): void => {
    if (entered.has(definition.name)) return;
    entered.add(definition.name);
    for (const { parent } of links.get(definition.name)!) {
      const found = byName.get(parent);
      if (found !== undefined) visit(found);
    }
    ordered.push(definition);
  };
  for (const definition of definitions) visit(definition);
  return ordered;
}
