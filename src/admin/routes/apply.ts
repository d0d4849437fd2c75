import { randomUUID } from 'node:crypto';
import { createDeclarationReader, rowsOf } from '../../db/index.ts';
import type { Row } from '../../schema/index.ts';
import { type AdminRequest, type Answer, answerError, answerOk, badRequest, type Endpoint } from '../endpoint.ts';
import type { AdminOptions } from '../types.ts';
import { describeChanges } from './changes.ts';
import { argument, isTrue, refusal, sourceOf, yamlTypes } from './declaration-source.ts';

const onlyWithDatabase = badRequest('this endpoint is only available with a database: use /config without one');

/**
 * `/apply`: brings the store to what a declarative configuration says, all or nothing. `dry_run=1` shows what would change,
 * `prune=1` removes what the configuration does not name, `select_tags=a,b` of it only rows with all these tags.
 */
export function applyEndpoint({ database, clock }: AdminOptions): Endpoint {
  const reader = createDeclarationReader({
    definitions: database.entities,
    schemaOf: (entity) => database.dao(entity).schema,
    uuid: randomUUID,
    now: () => clock.now(),
  });
  return {
    path: '/apply',
    rawTypes: yamlTypes,
    methods: {
      async POST(request): Promise<Answer> {
        if (database.strategy === 'off') return onlyWithDatabase;
        const source = sourceOf(request);
        if ('status' in source) return source;
        const outcome = reader.read(source.table, source.hash);
        if (!outcome.ok) return refusal(outcome, isTrue(argument(request, 'flatten_errors')));
        const applied = await database.apply([...rowsOf(outcome.declaration)], {
          dryRun: isTrue(argument(request, 'dry_run')),
          ...(isTrue(argument(request, 'prune')) ? { prune: prunerOf(request) } : {}),
        });
        return applied.ok ? answerOk(describeChanges(applied.value)) : answerError(applied.error);
      },
    },
  };
}

function prunerOf(request: AdminRequest): (entity: string, row: Row) => boolean {
  const wanted = argument(request, 'select_tags');
  if (typeof wanted !== 'string' || wanted === '') return (entity) => entity !== 'parameters';
  const tags = wanted.split(',');
  return (_entity, row) => {
    const own = (row.tags ?? []) as readonly string[];
    return tags.every((tag) => own.includes(tag));
  };
}
