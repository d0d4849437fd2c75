import { compileSafeRegex, definePlugin, escapePath, f } from 'gibbon-gateway/pdk';

/**
 * http-redirect: sends clients whose path matches a regular expression elsewhere. The part of the path that matches is
 * replaced (`$1` is the first group, `$<name>` a named one); the query is kept.
 */
export const plugin = definePlugin({
  name: 'http-redirect',
  version: '1.0.0',
  priority: 800,
  config: {
    regex: f.string({
      required: true,
      custom_validator: checkRegex,
      description: 'What to look for in the path; matches anywhere unless it begins with `^`.',
    }),
    replace: f.string({
      required: true,
      description: 'What takes the place of the match: a path, or a whole URL when the match begins the path.',
    }),
    flag: f.string({
      required: true,
      default: 'redirect',
      one_of: ['redirect', 'permanent'],
      description: '`redirect` answers 302, `permanent` 301.',
    }),
  },
  // Runs once in each worker. What it returns runs once for each configuration, so the work is done before any request.
  setup: () => (config) => {
    const regex = compileSafeRegex(config.regex);
    const status = config.flag === 'permanent' ? 301 : 302;
    return {
      access(kong) {
        const path = kong.request.getPath();
        const match = regex.exec(path);
        if (match === null) return;
        const inserted = config.replace.replaceAll(/\$(?:(\d)|<(\w+)>)/g, (_whole, number, name) =>
          name === undefined ? (match.captures[Number(number) - 1] ?? '') : (match.named[name] ?? ''),
        );
        const target = escapePath(path.slice(0, match.index) + inserted + path.slice(match.index + match.text.length));
        const query = kong.request.getRawQuery();
        kong.response.exit(status, null, { Location: query === '' ? target : withQuery(target, query) });
      },
    };
  },
});

function withQuery(target: string, query: string): string {
  return `${target}${target.includes('?') ? '&' : '?'}${query}`;
}

function checkRegex(value: string): string | undefined {
  try {
    compileSafeRegex(value);
    return undefined;
  } catch (problem) {
    return (problem as Error).message;
  }
}
