import type { EntityChange } from '../../events/index.ts';

/** Changes by entity and kind, as a plan to be read before it is carried out. */
export interface ChangePlan {
  readonly changes: {
    readonly [entity: string]: {
      readonly create: readonly object[];
      readonly update: readonly object[];
      readonly delete: readonly object[];
    };
  };
  readonly summary: { readonly create: number; readonly update: number; readonly delete: number };
}

/** Writes down what changes would do: new rows whole, changed ones with what differs, and who goes. */
export function describeChanges(changes: readonly EntityChange[]): ChangePlan {
  const plan: { [entity: string]: { create: object[]; update: object[]; delete: object[] } } = {};
  const summary = { create: 0, update: 0, delete: 0 };
  for (const { entity, operation, row, old } of changes) {
    const section = (plan[entity] ??= { create: [], update: [], delete: [] });
    summary[operation] += 1;
    const who = { id: row.id, ...nameOf(row) };
    if (operation === 'create') section.create.push(row);
    else if (operation === 'delete') section.delete.push(who);
    else section.update.push({ ...who, changes: differences(row, old ?? {}) });
  }
  return { changes: plan, summary };
}

type Fields = { readonly [field: string]: unknown };

function nameOf(row: Fields): Fields {
  for (const field of ['name', 'username', 'target', 'key', 'prefix']) {
    if (typeof row[field] === 'string') return { [field]: row[field] };
  }
  return {};
}

function differences(row: Fields, old: Fields): Fields {
  const found: { [field: string]: unknown } = {};
  for (const field of Object.keys(row)) {
    if (field === 'updated_at' || field === 'created_at') continue;
    if (JSON.stringify(row[field]) !== JSON.stringify(old[field])) found[field] = { from: old[field], to: row[field] };
  }
  return found;
}
