import { randomUUID } from 'node:crypto';
import type { Dao } from '../../db/index.ts';
import type { Row } from '../../schema/index.ts';
import { answerError, type Endpoint, methodNotAllowed, notFound } from '../endpoint.ts';
import { withRow } from './collection.ts';
import { answerRow, answerShown } from './entity.ts';
import { writeArguments } from './given.ts';
import { topName } from './names.ts';

/** `/routes/:routes/service`: the parent that a row refers to. */
export function parentEndpoint(child: Dao, parent: Dao, foreignField: string): Endpoint {
  const idIn = (row: Row): string | undefined => (row[foreignField] as { readonly id: string } | null)?.id;
  return {
    path: `/${topName(child.definition)}/:${child.definition.name}/${foreignField}`,
    methods: {
      GET: withRow(child, async (row) => {
        const id = idIn(row);
        const found = id === undefined ? undefined : await parent.select(id);
        if (found !== undefined && !found.ok) return answerError(found.error);
        return found?.value === undefined ? notFound : answerShown(parent, found.value);
      }),
      // Without a parent so far, a new one is made and the row is pointed at it.
      PUT: withRow(child, async (row, _key, request) => {
        const { given, options } = writeArguments(parent, request);
        const id = idIn(row);
        const written = await parent.upsert(id ?? randomUUID(), given, options);
        if (!written.ok) return answerError(written.error);
        if (id === undefined) {
          const associated = await child.update(String(row.id), { [foreignField]: { id: written.value.id } });
          if (!associated.ok) return answerError(associated.error);
        }
        return answerShown(parent, written.value);
      }),
      PATCH: withRow(child, async (row, _key, request) => {
        const id = idIn(row);
        if (id === undefined) return notFound;
        const { given, options } = writeArguments(parent, request);
        return answerRow(parent, await parent.update(id, given, options));
      }),
      DELETE: withRow(child, async (row) => (idIn(row) === undefined ? notFound : methodNotAllowed)),
    },
  };
}
