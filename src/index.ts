/**
 * The public surface of the package: a gateway inside a program of one's own. What plugins import is `gibbon-gateway/pdk`.
 * Everything else under `src/` may change with any release.
 */
import { startGateway } from './gateway/index.ts';
import { GibbonError } from './kernel/index.ts';
import { loadSettings, type PropertyName, type Settings } from './settings/index.ts';

export { type ErrorSource, GibbonError, type GibbonErrorOptions } from './kernel/index.ts';
export type { PropertyName } from './settings/index.ts';

/** The value of a setting: `on` and `off` may be booleans, lists may be arrays; null or '' takes back what a file said. */
export type SettingValue = string | number | boolean | null | readonly (string | number)[];

/** Settings by their key in `kong.conf`, such as `proxy_listen`; those of nginx (`nginx_http_...`) count too. */
export type GatewaySettings = {
  readonly [Key in PropertyName | `nginx_${string}` | `vault_${string}`]?: SettingValue;
};

/** How {@link createGateway} is to go about it. */
export interface GatewayOptions {
  /** Stronger than the file and the variables. */
  readonly settings?: GatewaySettings;
  /** Path of a configuration file; none is looked for when left out. */
  readonly file?: string;
  /**
   * Where `KONG_*` variables and references such as `{vault://env/my-secret}` are looked up: hand in `process.env` to
   * have the program's own. None when left out.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Is told of what was accepted and is odd, such as unknown keys; each a sentence. */
  readonly onWarning?: (message: string) => void;
}

/** Where a gateway listens. */
export interface GatewayAddress {
  readonly host: string;
  /** The one that the system chose, where the settings say 0. */
  readonly port: number;
  /** True for TLS. */
  readonly ssl: boolean;
}

/** A gateway that serves. */
export interface Gateway {
  readonly addresses: {
    readonly proxy: readonly GatewayAddress[];
    /** Of raw streams (`stream_listen`): TLS where clients speak it, datagrams where `udp` is true. */
    readonly stream: readonly (GatewayAddress & { readonly udp: boolean })[];
    readonly admin: readonly GatewayAddress[];
    readonly status: readonly GatewayAddress[];
  };
  /**
   * Changes settings; those that are not named stay as they were. New workers listen before the old ones finish what they
   * are at.
   * @throws GibbonError `ERR_SETTINGS` as {@link createGateway} does, and of whatever cannot start; the gateway goes on as
   * it was.
   */
  reload(settings?: GatewaySettings): Promise<void>;
  /**
   * Ends the gateway. Requests in flight may finish within `timeoutMs`, 10 seconds unless told; with 0 they are cut.
   * Further calls return the promise of the first.
   */
  stop(options?: { readonly timeoutMs?: number }): Promise<void>;
}

/**
 * Starts a gateway in this process, with its workers in threads, and resolves once it serves. It installs no handlers of
 * signals and writes nothing to the terminal; its files are in the directory `prefix`, `.gibbon` unless told.
 * @throws GibbonError `ERR_SETTINGS` with every wrong setting in the message, and of a store, plugin, certificate or listener
 * that keeps it from starting; nothing is left open then.
 */
export async function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  let given: GatewaySettings = options.settings ?? {};
  const running = await startGateway(settingsOf(options, given));
  let stopped: Promise<void> | undefined;
  return {
    get addresses() {
      return running.addresses;
    },
    async reload(changes = {}) {
      const next = { ...given, ...changes };
      await running.reload(settingsOf(options, next));
      given = next;
    },
    stop({ timeoutMs = 10_000 } = {}) {
      stopped ??= running.stop({ graceful: timeoutMs > 0, timeoutMs });
      return stopped;
    },
  };
}

function settingsOf({ file, env = {}, onWarning }: GatewayOptions, given: GatewaySettings): Settings {
  const flags: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) if (value !== undefined) flags[key] = textOf(value);
  const result = loadSettings({ env, flags, searchPaths: [], ...(file === undefined ? {} : { file }) });
  for (const warning of result.warnings) onWarning?.(warning);
  if (!result.ok) {
    throw new GibbonError(`Cannot use the settings: ${result.errors.join('; ')}`, { code: 'ERR_SETTINGS' });
  }
  return result.settings;
}

function textOf(value: SettingValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === null) return '';
  return Array.isArray(value) ? value.join(',') : String(value);
}
