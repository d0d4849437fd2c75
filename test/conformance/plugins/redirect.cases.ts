import type { PluginCase, PluginStep } from './plugin-case.ts';

function redirect(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'redirect', config }], steps };
}

function sentTo(location: string, request: PluginStep['request'] = {}, status = 301): PluginStep {
  return { request, status, headers: { location }, body: 'redirecting', upstream: null };
}

const location = 'https://new.test/x?y=1';

/** redirect of Kong 3.9. */
export const redirectCases: readonly PluginCase[] = [
  redirect(
    'every request is sent to the location as it is',
    { location },
    sentTo(location),
    sentTo(location, { method: 'POST', path: '/a', query: 'b', body: 'c' }),
  ),
  redirect('the status may be chosen', { location, status_code: 308 }, sentTo(location, {}, 308)),
  redirect('a status need not be one of a redirection', { location, status_code: 200 }, sentTo(location, {}, 200)),
  redirect(
    'path and query may be kept',
    { location, keep_incoming_path: true },
    sentTo('https://new.test/'),
    sentTo('https://new.test/a/b', { path: '/a/b' }),
    sentTo('https://new.test/a?b=1&b=%20', { path: '/a', query: 'b=1&b=%20' }),
  ),
  redirect(
    'a host that is in the path stays there',
    { location, keep_incoming_path: true },
    sentTo('https://new.test/evil.test/a', { path: '//evil.test/a' }),
  ),
  redirect(
    'a fragment stays',
    { location: 'https://new.test/#top', keep_incoming_path: true },
    sentTo('https://new.test/a#top', { path: '/a' }),
  ),
];
