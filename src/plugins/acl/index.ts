import { whenReady } from '../../kits/credentials/index.ts';
import { definePlugin, type Handler, type Kong, kongVersion } from '../../pdk/index.ts';
import { acls } from './entities.ts';
import { createVerdict, type Groups } from './groups.ts';
import { config, entityChecks, shorthandFields } from './schema.ts';

/** acl: lets consumers through by the groups that they belong to. */
export const acl = definePlugin({
  name: 'acl',
  version: kongVersion,
  priority: 950,
  config,
  shorthand_fields: shorthandFields,
  entity_checks: entityChecks,
  not_on: ['consumer'],
  entities: [acls],
  setup(host) {
    const groups = host.reader(acls);
    return (stored) => {
      const judge = createVerdict(stored);
      const isAlwaysAuthenticated = stored.always_use_authenticated_groups;
      const isHidden = stored.hide_groups_header;

      const conclude = (kong: Kong, header: string, verdict: string | false): void => {
        if (verdict === false) return kong.response.error(403, refusal);
        if (isHidden) {
          hide(kong, consumerGroups);
          hide(kong, authenticatedGroups);
          return;
        }
        kong.service.request.setHeader(header, verdict);
        // What no plugin found out was made up by the client.
        if (header === authenticatedGroups) hide(kong, consumerGroups);
        else if (kong.ctx.shared['authenticated_groups'] === undefined) hide(kong, authenticatedGroups);
      };

      const access: Handler = (kong) => {
        const credential = kong.client.getCredential();
        const consumerId = kong.client.getConsumer()?.['id'] ?? credential?.['consumer_id'];
        if (typeof consumerId !== 'string' || credential === undefined || isAlwaysAuthenticated) {
          const found = authenticatedGroupsOf(kong);
          if (found !== undefined) return conclude(kong, authenticatedGroups, judge.names(found));
          if (typeof consumerId !== 'string') return refuse(kong, credential !== undefined);
        }
        return whenReady(groups.findAllFor('consumer', consumerId), (rows: Groups) => {
          if (rows.length === 0 && judge.isAllowList) return refuse(kong, credential !== undefined);
          conclude(kong, consumerGroups, judge.rows(rows));
        });
      };
      return { access };
    };
  },
});

const refusal = 'You cannot consume this service';
const consumerGroups = 'X-Consumer-Groups';
const authenticatedGroups = 'X-Authenticated-Groups';

function refuse(kong: Kong, isKnown: boolean): void {
  if (isKnown) kong.response.error(403, refusal);
  else kong.response.error(401);
}

function hide(kong: Kong, header: string): void {
  if (kong.request.getHeader(header) !== undefined) kong.service.request.clearHeader(header);
}

/** The groups that an authentication plugin left in `kong.ctx.shared.authenticated_groups`. */
function authenticatedGroupsOf(kong: Kong): readonly string[] | undefined {
  const found = kong.ctx.shared['authenticated_groups'];
  if (found === undefined || found === null) return undefined;
  if (Array.isArray(found)) return found.filter((group) => typeof group === 'string');
  kong.log.warn('invalid authenticated_groups, a table was expected');
  return undefined;
}
