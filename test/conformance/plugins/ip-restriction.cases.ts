import type { PluginCase, PluginStep } from './plugin-case.ts';

function ipRestriction(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'ip-restriction', config }], steps };
}

const refused: PluginStep = { status: 403, message: 'IP address not allowed: 127.0.0.1', upstream: null };
const passed: PluginStep = { status: 200 };

/** ip-restriction of Kong 3.9; all requests come from 127.0.0.1. */
export const ipRestrictionCases: readonly PluginCase[] = [
  ipRestriction('an address that is denied is refused', { deny: ['127.0.0.1'] }, refused),
  ipRestriction('a range that is denied is refused', { deny: ['10.0.0.1', '127.0.0.0/8'] }, refused),
  ipRestriction('an address that is not denied passes', { deny: ['127.0.0.2', '::1'] }, passed),
  ipRestriction('an address that is allowed passes', { allow: ['10.0.0.0/8', '127.0.0.1'] }, passed),
  ipRestriction('an address that is not allowed is refused', { allow: ['10.0.0.0/8'] }, refused),
  ipRestriction(
    'what is denied is refused though it is allowed',
    { allow: ['127.0.0.0/8'], deny: ['127.0.0.1'] },
    refused,
  ),
  ipRestriction('an empty list is no list', { allow: ['127.0.0.1'], deny: [] }, passed),
  ipRestriction(
    'a refusal may have another status and message',
    { deny: ['127.0.0.1'], status: 451, message: 'not here' },
    {
      status: 451,
      message: 'not here',
    },
  ),
  ipRestriction(
    'what a client says of its address does not count',
    { allow: ['10.0.0.1'] },
    {
      ...refused,
      request: { headers: { 'x-forwarded-for': '10.0.0.1', 'x-real-ip': '10.0.0.1' } },
    },
  ),
  ipRestriction(
    'a refusal takes the format that the client accepts',
    { deny: ['127.0.0.1'] },
    {
      request: { headers: { accept: 'text/plain' } },
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    },
  ),
];
