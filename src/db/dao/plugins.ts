import type { Row } from '../../schema/index.ts';
import type { ReadSession } from '../strategies/strategy.ts';
import type { EntityHooks, Given } from './context.ts';
import { daoErrors } from './errors.ts';

type Reference = { readonly id: string } | null | undefined;

/**
 * A plugin that names its protocols must share one with its route, or with some route of its service (Kong 3.0). On
 * updates a changed route or service is reason enough to look.
 */
export const pluginHooks: EntityHooks = {
  async check(row, given, { kind, work }) {
    if (!concerned(given, kind === 'update')) return undefined;
    const protocols = row.protocols as readonly string[];
    const route = row.route as Reference;
    if (route) {
      const record = await work.session.select('routes', [route.id]);
      if (record === undefined || share(protocols, record.row)) return undefined;
      return daoErrors.schemaViolation({ protocols: "must match the associated route's protocols" });
    }
    const service = row.service as Reference;
    if (!service || (await someRouteShares(work.session, service.id, protocols))) return undefined;
    return daoErrors.schemaViolation({
      protocols: "must match the protocols of at least one route pointing to this Plugin's service",
    });
  },
};

function concerned(given: Given, isUpdate: boolean): boolean {
  if (Array.isArray(given.protocols)) return true;
  return isUpdate && (Boolean(given.service) || Boolean(given.route));
}

async function someRouteShares(session: ReadSession, service: string, protocols: readonly string[]): Promise<boolean> {
  let after: readonly string[] | undefined;
  for (;;) {
    const records = await session.page('routes', {
      limit: 1000,
      parent: { field: 'service', id: service },
      ...(after === undefined ? {} : { after }),
    });
    if (after === undefined && records.length === 0) return true;
    if (records.some(({ row }) => share(protocols, row))) return true;
    if (records.length < 1000) return false;
    after = [String(records.at(-1)!.row.id)];
  }
}

function share(protocols: readonly string[], route: Row): boolean {
  const others = route.protocols as readonly string[];
  return protocols.some((protocol) => others.includes(protocol));
}
