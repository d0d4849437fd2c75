import { caCertificateHooks } from './ca-certificates.ts';
import { certificateHooks } from './certificates.ts';
import type { EntityHooks } from './context.ts';
import { pluginHooks } from './plugins.ts';

const none: EntityHooks = {};

const byEntity: ReadonlyMap<string, EntityHooks> = new Map([
  ['ca_certificates', caCertificateHooks],
  ['certificates', certificateHooks],
  ['plugins', pluginHooks],
]);

/** What an entity adds to the general rules of the DAO. */
export function hooksOf(entity: string): EntityHooks {
  return byEntity.get(entity) ?? none;
}
