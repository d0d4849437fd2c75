import { definePlugin, type Handlers, type Kong, kongVersion, type PluginHost } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { echoOf } from './echo.ts';
import { config } from './schema.ts';

type Config = StoredOf<typeof config>;

/** request-termination: answers requests itself, so that none reaches the upstream. */
export const requestTermination = definePlugin({
  name: 'request-termination',
  version: kongVersion,
  priority: 2,
  config,
  custom_validator: checkConfig,
  setup: (host) => (stored) => createHandlers(stored, host.node),
});

function checkConfig({ message, content_type, body, echo }: Config): string | undefined {
  if (message && (content_type || body)) return 'message cannot be used with content_type or body';
  if (content_type && !body) return 'content_type requires a body';
  if (echo && (content_type || body)) return 'echo cannot be used with content_type and body';
  return undefined;
}

const messages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
};

function createHandlers(stored: Config, node: PluginHost['node']): Handlers {
  const { status_code: status, trigger } = stored;
  const message = stored.message ?? messages[status];
  const headers = stored.content_type === null ? undefined : { 'Content-Type': stored.content_type };
  const content = stored.body ?? (message === undefined ? undefined : { message });

  const isMeant = (kong: Kong): boolean =>
    trigger === null ||
    kong.request.getHeader(trigger) !== undefined ||
    kong.request.getQueryArg(trigger) !== undefined;

  if (stored.echo) {
    return {
      access: async (kong) => {
        if (isMeant(kong)) kong.response.exit(status, await echoOf(kong, message, node));
      },
    };
  }
  return {
    access(kong) {
      if (isMeant(kong)) kong.response.exit(status, content, headers);
    },
  };
}
