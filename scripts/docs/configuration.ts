import { chapters, type Property } from '../../src/settings/index.ts';
import { formatTable } from './generated.ts';

const intro = `# Configuration

This page is written by \`node scripts/docs.ts\` from the table of properties in \`src/settings/properties/\`.

Settings come from five places; a later one wins:

1. the defaults below;
2. a file: the one named with \`-c\`, else \`/etc/kong/kong.conf\`, else \`/etc/kong.conf\`;
3. environment variables \`KONG_<KEY>\`, the key in upper case: \`KONG_PROXY_LISTEN\`;
4. environment variables \`GIBBON_<KEY>\`;
5. flags of the command line: \`-p\` sets \`prefix\`.

In the file a line is \`key = value\`; \`#\` opens a comment, \`\\#\` is the character itself. A blank value, or an empty
variable, takes back what a weaker place said. Lists are separated by commas. Booleans are \`on\`, \`off\`, \`true\` or
\`false\`. Sizes are bytes, or carry \`k\`, \`m\` or \`g\`. Times are seconds, or carry \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`, as in nginx.

A variable that ends in \`_FILE\` names a file with the value: \`KONG_PG_PASSWORD_FILE=/run/secrets/pg\`. A value
\`{vault://env/my-secret}\` is read from the variable \`MY_SECRET\`, and \`{vault://env/my-json/key}\` from a member of the JSON
in it. Certificates and keys may be given as a path, as PEM text, or as base64 of PEM text. Settings marked _secret_ are
shown as \`******\` wherever settings are shown.

All keys of Kong 3.9 are taken, and those of older releases under their old names. Keys marked _no effect_ are accepted so
that an existing configuration starts; the start says which ones were set. Unknown keys are named in a warning, wrong values
are refused, all at once. Directives that Kong injects into nginx (\`nginx_http_...\`, \`nginx_proxy_...\`) are taken whatever
their name; those listed below are honoured.

Addresses to listen on are written as in nginx: \`<ip>:<port>\` and flags, several separated by commas, or \`off\`. Flags:
\`ssl\`, \`http2\`, \`proxy_protocol\`, \`deferred\`, \`bind\`, \`reuseport\`, \`backlog=N\`, \`ipv6only=on|off\`,
\`so_keepalive=on|off|idle:interval:count\`; stream listeners take \`udp\` in place of \`http2\` and \`deferred\`.
`;

/** Renders the reference page of the settings. */
export function renderConfiguration(): string {
  const parts = chapters.map(({ title, properties }) => {
    const rows = Object.entries(properties as Record<string, Property>).map(([name, property]) => [
      `\`${name}\``,
      property.default === undefined ? '' : `\`${property.default}\``,
      kindOf(property),
      descriptionOf(property),
      property.since,
    ]);
    return `## ${title}\n\n${formatTable(['Key', 'Default', 'Value', 'Meaning', 'Since'], rows)}\n`;
  });
  return [intro, ...parts].join('\n');
}

function kindOf(property: Property): string {
  if (property.values !== undefined) return property.values.map((value) => `\`${value}\``).join(', ');
  if (property.kind === 'listen') return property.subsystem === 'stream' ? 'stream addresses' : 'addresses';
  if (property.kind === 'auto') return '`auto` or integer';
  return property.unit === undefined ? property.kind : `${property.kind} of ${property.unit}`;
}

function descriptionOf(property: Property): string {
  const marks = [property.sensitive === true ? '_secret_' : '', property.inert === true ? '_no effect_' : ''];
  return [property.description, ...marks.filter((mark) => mark !== '')].join(' ');
}
