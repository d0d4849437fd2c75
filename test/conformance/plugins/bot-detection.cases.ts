import type { PluginCase, PluginStep } from './plugin-case.ts';

function botDetection(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'bot-detection', config }], steps };
}

function as(userAgent: string | readonly string[], step: PluginStep): PluginStep {
  return { ...step, request: { headers: { 'user-agent': userAgent } } };
}

const passed: PluginStep = { status: 200 };
const refused: PluginStep = { status: 403, message: 'Forbidden', upstream: null };

/** bot-detection of Kong 3.9. */
export const botDetectionCases: readonly PluginCase[] = [
  botDetection(
    'people and their tools pass',
    {},
    as('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36', passed),
    as('curl/7.43.0', passed),
    as('Wget/1.20', passed),
  ),
  botDetection(
    'robots are refused',
    {},
    as('Googlebot/2.1 (+http://www.google.com/bot.html)', refused),
    as('facebookexternalhit/1.1', refused),
    as('Go-http-client/1.1', refused),
    as('myspider', refused),
  ),
  botDetection('the case of names counts', {}, as('googlebot', passed)),
  botDetection('who does not say what it is passes', {}, passed, as('', passed)),
  botDetection(
    'two user agents are refused',
    {},
    as(['curl/7', 'curl/7'], {
      status: 400,
      message: 'Only one User-Agent header allowed',
      upstream: null,
    }),
  ),
  botDetection(
    'others may be denied',
    { deny: ['^my[A-Z]', 'curl'] },
    as('curl/7.43.0', refused),
    as('myApp', refused),
    as('myapp', passed),
  ),
  botDetection(
    'what is allowed passes, robot or not, denied or not',
    { allow: ['bot/2'], deny: ['Googlebot'] },
    as('Googlebot/2.1', passed),
    as('Googlebot', refused),
  ),
  botDetection(
    'a refusal takes the format that the client accepts',
    {},
    {
      request: { headers: { 'user-agent': 'Googlebot', accept: 'text/html' } },
      status: 403,
      headers: { 'content-type': 'text/html; charset=utf-8' },
    },
  ),
];
