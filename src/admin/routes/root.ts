import { answerOk, type Endpoint } from '../endpoint.ts';
import type { AdminOptions, SettingsView } from '../types.ts';

/** `/`: who this node is, what it can do and how it is set up. */
export function rootEndpoint({ database, node, plugins, settings }: AdminOptions): Endpoint {
  const available = Object.fromEntries(plugins.map(({ name, version, priority }) => [name, { version, priority }]));
  return {
    path: '/',
    methods: {
      async GET() {
        const enabled = database.has('plugins') ? await database.dao('plugins').distinct('name') : [];
        return answerOk({
          tagline: 'Welcome to kong',
          version: node.version,
          gibbon: { version: node.gibbonVersion },
          edition: 'community',
          hostname: node.hostname,
          node_id: node.id,
          lua_version: node.luaVersion,
          timers: node.timers(),
          pids: node.pids(),
          plugins: { available_on_server: available, enabled_in_cluster: enabled },
          configuration: masked(settings),
        });
      },
    },
  };
}

function masked({ values, secrets }: SettingsView): { [name: string]: unknown } {
  const shown: { [name: string]: unknown } = {};
  for (const [name, value] of Object.entries(values())) {
    shown[name] = secrets.has(name) && value !== null && value !== '' ? '******' : value;
  }
  return shown;
}
