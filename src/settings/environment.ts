/** What {@link readEnvironment} needs to know of the world. */
export interface EnvironmentOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True for a key that can be set. */
  readonly isKnown: (key: string) => boolean;
  /** Text of a file, or undefined when it cannot be read. */
  readonly readFile: (path: string) => string | undefined;
}

/** What the environment says. */
export interface EnvironmentValues {
  readonly values: ReadonlyMap<string, string>;
  readonly unknown: readonly string[];
  readonly errors: readonly string[];
}

const prefixes = ['KONG_', 'GIBBON_'] as const;

/** Variables that Kubernetes and Docker links add for a service called "kong"; they were not meant for us. */
const serviceLink = /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:PROTO|PORT|ADDR))?)?)$/;

/**
 * Reads settings from environment variables: `KONG_` and, stronger, `GIBBON_` before the key in upper case. A name
 * ending in `_FILE` names a file that holds the value, as secrets in containers do; a key that ends so itself keeps its
 * own meaning.
 */
export function readEnvironment(options: EnvironmentOptions): EnvironmentValues {
  const values = new Map<string, string>();
  const unknown: string[] = [];
  const errors: string[] = [];
  for (const prefix of prefixes) {
    for (const name of Object.keys(options.env).toSorted()) {
      const value = options.env[name];
      if (value === undefined || !name.startsWith(prefix)) continue;
      const key = name.slice(prefix.length).toLowerCase();
      if (options.isKnown(key)) {
        values.set(key, value);
        continue;
      }
      const fileKey = key.endsWith('_file') ? key.slice(0, -'_file'.length) : '';
      if (fileKey === '' || !options.isKnown(fileKey)) {
        if (!serviceLink.test(name) && !ownVariables.has(name)) unknown.push(name);
        continue;
      }
      const plain = name.slice(0, -'_FILE'.length);
      if (options.env[plain] !== undefined) {
        errors.push(`${plain} and ${name} are both set: keep one of them`);
        continue;
      }
      const text = options.readFile(value);
      if (text === undefined) errors.push(`${name}: cannot read file '${value}'`);
      else values.set(fileKey, text.replace(/\r?\n$/, ''));
    }
  }
  return { values, unknown, errors };
}

/** Variables with such a prefix that are read elsewhere or meant for other programs. */
const ownVariables: ReadonlySet<string> = new Set([
  'KONG_PASSWORD',
  'KONG_VERSION',
  'KONG_SHA256',
  'KONG_LICENSE_DATA',
  'KONG_LICENSE_PATH',
]);
