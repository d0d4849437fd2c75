import type { EntityHooks } from './context.ts';
import { daoErrors } from './errors.ts';

/** Lists of CA certificate ids; they are not foreign keys, so that nothing else keeps a certificate in place. */
const lists: readonly (readonly [entity: string, path: readonly string[]])[] = [
  ['services', ['ca_certificates']],
  ['plugins', ['config', 'ca_certificates']],
];

/** A CA certificate stays as long as a service or a plugin lists it: code 19 (Kong 3.6). */
export const caCertificateHooks: EntityHooks = {
  async deleting(row, work, context) {
    const id = String(row.id);
    for (const [entity, path] of lists) {
      if (context.find(entity)?.definition.fields[path[0]!] === undefined) continue;
      const user = await work.session.findListing(entity, path, id);
      if (user !== undefined) {
        return daoErrors.referencedByOthers(
          `ca certificate ${id} is still referenced by ${entity} (id = ${String(user.row.id)})`,
        );
      }
    }
    return undefined;
  },
};
