import { isUuid, messageOf, randomString } from '../../kernel/index.ts';
import { findCookie, setIdentity } from '../../kits/credentials/index.ts';
import { mergeCookies, Session } from '../../kits/sessions/index.ts';
import { definePlugin, type Handlers, type Kong, kongVersion, type PluginHost } from '../../pdk/index.ts';
import type { StoredOf } from '../../schema/index.ts';
import { sessions } from './entities.ts';
import { isLogout } from './logout.ts';
import { config, shorthandFields } from './schema.ts';
import { settingsOf } from './settings.ts';
import { createStorage } from './storage.ts';

type Config = StoredOf<typeof config>;

/** session: lets a client that was let through once come back with a cookie. */
export const session = definePlugin({
  name: 'session',
  version: kongVersion,
  priority: 1900,
  config,
  shorthand_fields: shorthandFields,
  protocols: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  default_protocols: ['grpc', 'grpcs', 'http', 'https'],
  not_on: ['consumer'],
  entities: [sessions],
  setup(host) {
    const log = host.log.child('session');
    const storage = createStorage(host.reader(sessions), host.writer(sessions));
    /** For a configuration whose secret is null, which others than this worker cannot know. */
    const ownSecret = (): string => {
      log.warn('config.secret is null: sessions are good in the worker that made them, and no longer than it lives');
      return randomString();
    };
    return (stored) => createHandlers(stored, settingsOf(stored, storage, ownSecret), host, log);
  },
});

function createHandlers(
  stored: Config,
  settings: ReturnType<typeof settingsOf>,
  { clock }: PluginHost,
  log: PluginHost['log'],
): Handlers {
  const names = [settings.session, settings.remember].flatMap((kind) => kind?.name.toLowerCase() ?? []);
  const requestHeaders = headersOf(stored.request_headers);
  const responseHeaders = headersOf(stored.response_headers);
  const now = (): number => Math.floor(clock.now() / 1000);

  /** Sets the cookies that a session has for the client, once what goes with them is stored. */
  async function settle(kong: Kong, opened: Session, what: string, hasWorked: boolean): Promise<void> {
    const cookies = opened.takeCookies();
    try {
      const writes = opened.takeWrites();
      if (writes.length > 0) await Promise.all(writes);
      if (!hasWorked) throw new Error('cookie size limit exceeded');
      for (const cookie of cookies) kong.response.addHeader('Set-Cookie', cookie);
    } catch (fault) {
      kong.log.warn(`session ${what} failed (${messageOf(fault)})`);
    }
  }

  async function resume(kong: Kong, opened: Session): Promise<void> {
    if (await isLogout(kong, stored)) {
      await settle(kong, opened, 'logout', opened.logout());
      kong.response.exit(200);
      return;
    }
    const [consumerId, credentialId, groups] = opened.data;
    const isKnown = typeof consumerId === 'string' && isUuid(consumerId);
    const consumer = isKnown ? await kong.client.loadConsumer(consumerId) : undefined;
    if (consumer === undefined) {
      await settle(kong, opened, 'logout', opened.logout());
      return;
    }
    await settle(kong, opened, 'refresh', opened.refresh());
    for (const [property, header] of requestHeaders) {
      const value = opened.property(property);
      if (value !== undefined) kong.service.request.setHeader(header, value);
    }
    tellClient(kong, opened);
    kong.ctx.shared['authenticated_session'] = opened;

    const credential = typeof credentialId === 'string' ? { id: credentialId, consumer_id: consumerId } : null;
    setIdentity(kong, consumer, credential);
    if (Array.isArray(groups)) {
      kong.service.request.setHeader('X-Authenticated-Groups', groups.join(', '));
      kong.ctx.shared['authenticated_groups'] = groups;
    } else {
      kong.service.request.clearHeader('X-Authenticated-Groups');
    }
  }

  /** A session that cannot be read is none: who is asking must then be found out in another way. */
  function unread(kong: Kong, fault: unknown): void {
    kong.log.error(messageOf(fault));
  }

  function tellClient(kong: Kong, opened: Session): void {
    for (const [property, header] of responseHeaders) {
      const value = opened.property(property);
      if (value !== undefined) kong.response.setHeader(header, value);
    }
  }

  return {
    access(kong) {
      const cookies = kong.request.getHeaderValues('cookie');
      if (cookies.length === 0 || !names.some((name) => findCookie(cookies, name) !== undefined)) return;
      const brought = new Session(settings, cookies, now());
      kong.ctx.plugin['session'] = brought;
      const isOpen = brought.open();
      if (isOpen instanceof Promise)
        return isOpen.then(
          (is) => (is ? resume(kong, brought) : undefined),
          (fault) => unread(kong, fault),
        );
      return isOpen ? resume(kong, brought) : undefined;
    },

    headerFilter(kong) {
      const credential = kong.client.getCredential();
      const consumer = kong.client.getConsumer();
      // Nobody's session is of no use.
      if (credential === undefined) return;
      const open = kong.ctx.shared['authenticated_session'];
      const known = open instanceof Session ? open : undefined;
      const consumerId = consumer?.['id'];
      if (known !== undefined && known.data[0] === consumerId && known.data[1] === credential['id']) return;
      if (typeof consumerId !== 'string') return;

      const brought = kong.ctx.plugin['session'];
      const begun = known ?? (brought instanceof Session ? brought : new Session(settings, [], now()));
      const groups = kong.ctx.shared['authenticated_groups'];
      const data = [consumerId, credential['id'] ?? consumerId, ...(Array.isArray(groups) ? [groups] : [])];
      begun.set(data, textOf(consumer?.['username']) ?? textOf(consumer?.['custom_id']) ?? consumerId);
      const isSaved = begun.save();
      const failed = (fault: unknown): void => log.error(`session save failed (${messageOf(fault)})`);
      Promise.all(begun.takeWrites()).catch(failed);
      if (!isSaved) return failed('cookie size limit exceeded');
      const sent = kong.response.getHeaders()['set-cookie'] ?? [];
      kong.response.setHeader('Set-Cookie', mergeCookies([sent].flat(), begun.takeCookies()));
      tellClient(kong, begun);
    },
  };
}

/** Properties of sessions with the headers that tell of them: `idling-timeout` is told in `Session-Idling-Timeout`. */
function headersOf(properties: readonly string[] | null): readonly (readonly [property: string, header: string])[] {
  return (properties ?? []).map((property) => {
    const title = property.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
    return [property, `Session-${title}`];
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
