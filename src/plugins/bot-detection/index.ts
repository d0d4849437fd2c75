import { createLru } from '../../kernel/index.ts';
import { compileSafeRegex, definePlugin, type Handler, kongVersion } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { isRobot } from './robots.ts';
import { config, shorthandFields } from './schema.ts';

/** bot-detection: lets everybody through but robots, which are known by their User-Agent header. */
export const botDetection = definePlugin({
  name: 'bot-detection',
  version: kongVersion,
  priority: 2500,
  config,
  shorthand_fields: shorthandFields,
  not_on: ['consumer'],
  setup: () => (stored) => ({ access: createAccess(stored) }),
});

/** User agents whose verdicts are kept for each configuration, and how long one may be for that. */
const knownAgents = 10_000;
const longestKnown = 512;

function createAccess({ allow, deny }: StoredOf<typeof config>): Handler {
  const allowed = (allow ?? []).map((pattern) => compileSafeRegex(pattern));
  const denied = (deny ?? []).map((pattern) => compileSafeRegex(pattern));
  const known = createLru<string, boolean>(knownAgents);

  function mayPass(userAgent: string): boolean {
    if (allowed.some((pattern) => pattern.test(userAgent))) return true;
    return !denied.some((pattern) => pattern.test(userAgent)) && !isRobot(userAgent);
  }

  return (kong) => {
    const values = kong.request.getHeaderValues('user-agent');
    if (values.length === 0) return;
    if (values.length > 1) return kong.response.error(400, 'Only one User-Agent header allowed');
    const userAgent = values[0]!;
    let may = known.get(userAgent);
    if (may === undefined) {
      may = mayPass(userAgent.trim());
      if (userAgent.length <= longestKnown) known.set(userAgent, may);
    }
    if (!may) kong.response.error(403);
  };
}
