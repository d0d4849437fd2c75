import type { PluginCase, PluginStep } from './plugin-case.ts';

/** acl behind key-auth: bob is of two groups, carol of none, nobody of one. */
function acl(
  title: string,
  config: { [field: string]: unknown },
  anonymous: string | null,
  ...steps: PluginStep[]
): PluginCase {
  return {
    title,
    plugins: [
      { name: 'key-auth', config: { anonymous } },
      { name: 'acl', config },
    ],
    steps,
  };
}

const asBob = { headers: { apikey: 'bobs-key' } };
const asCarol = { headers: { apikey: 'carols-key' } };
const refused: PluginStep = { status: 403, message: 'You cannot consume this service', upstream: null };
const unknown: PluginStep = {
  status: 401,
  message: 'Unauthorized',
  headers: { 'www-authenticate': null },
  upstream: null,
};

/** acl of Kong 3.9. */
export const aclCases: readonly PluginCase[] = [
  {
    title: 'a request of nobody in particular is refused',
    plugins: [{ name: 'acl', config: { allow: ['staff'] } }],
    steps: [unknown],
  },
  {
    title: 'a request of nobody in particular is refused where groups are denied, too',
    plugins: [{ name: 'acl', config: { deny: ['staff'] } }],
    steps: [unknown],
  },
  acl(
    'a consumer of an allowed group passes, and the upstream is told of all its groups',
    { allow: ['x', 'staff'] },
    null,
    {
      request: asBob,
      status: 200,
      upstream: { headers: { 'x-consumer-groups': 'staff, press office', 'x-authenticated-groups': null } },
    },
  ),
  acl('a consumer of no allowed group is refused', { allow: ['x'] }, null, { ...refused, request: asBob }),
  acl('groups are compared with their case', { allow: ['Staff'] }, null, { ...refused, request: asBob }),
  acl('a consumer of no group at all is refused', { allow: ['staff'] }, null, { ...refused, request: asCarol }),
  acl('a consumer of a denied group is refused', { deny: ['x', 'press office'] }, null, { ...refused, request: asBob }),
  acl('a consumer of no denied group passes', { deny: ['x'] }, null, {
    request: asBob,
    status: 200,
    upstream: { headers: { 'x-consumer-groups': 'staff, press office' } },
  }),
  acl('a consumer of no group at all is denied nothing', { deny: ['staff'] }, null, {
    request: asCarol,
    status: 200,
    upstream: { headers: { 'x-consumer-groups': '' } },
  }),
  acl('groups may be hidden from the upstream', { allow: ['staff'], hide_groups_header: true }, null, {
    request: asBob,
    status: 200,
    upstream: { headers: { 'x-consumer-groups': null, 'x-authenticated-groups': null } },
  }),
  acl('the anonymous consumer has groups as others do', { allow: ['everybody'] }, 'nobody', {
    status: 200,
    upstream: { headers: { 'x-consumer-groups': 'everybody' } },
  }),
  acl('an anonymous consumer of a wrong group is refused as a known one', { allow: ['staff'] }, 'nobody', refused),
  acl('an empty list that is not needed changes nothing', { allow: ['staff'], deny: null }, null, {
    request: asBob,
    status: 200,
  }),
];
