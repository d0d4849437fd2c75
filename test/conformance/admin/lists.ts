import { consumer, type Fact, ids, route, service } from './table.ts';

const three = [
  service('one', ids.a, { tags: ['x'] }),
  service('two', ids.b, { tags: ['x', 'y'] }),
  service('three', ids.c),
];
const offsetAfter = (id: string): string =>
  Buffer.from(JSON.stringify([id]))
    .toString('base64')
    .replace(/=+$/, '');

const badTags = (text: string): object => ({
  code: 11,
  name: 'invalid options',
  message: `invalid option (tags: ${text})`,
  options: { tags: text },
});

/** Facts about lists: paging, tags, and the children of a parent. */
export const listFacts: readonly Fact[] = [
  { fact: 'an empty list', request: 'GET /services', status: 200, exact: { data: [], next: null } },
  {
    fact: 'rows come in the order of their ids',
    given: [three[2]!, three[0]!, three[1]!],
    request: 'GET /services',
    status: 200,
    body: { data: [{ id: ids.a }, { id: ids.b }, { id: ids.c }], next: null, offset: undefined },
  },
  {
    fact: 'a page that is not the last says where the next one starts',
    given: three,
    request: 'GET /services?size=2',
    status: 200,
    body: {
      data: [{ id: ids.a }, { id: ids.b }],
      offset: offsetAfter(ids.b),
      next: `/services?offset=${encodeURIComponent(offsetAfter(ids.b))}&size=2`,
    },
  },
  {
    fact: 'the next page carries on',
    given: three,
    request: `GET /services?size=2&offset=${encodeURIComponent(offsetAfter(ids.b))}`,
    status: 200,
    body: { data: [{ id: ids.c }], next: null, offset: undefined },
  },
  {
    fact: 'a size that is no number is code 9',
    request: 'GET /services?size=x',
    status: 400,
    exact: { code: 9, name: 'invalid size', message: 'size must be a number' },
  },
  {
    fact: 'an empty size is no number',
    request: 'GET /services?size=',
    status: 400,
    body: { message: 'size must be a number' },
  },
  ...['0', '1001', '-1', '2.5'].map((size) => ({
    fact: `a size of ${size} is code 9`,
    request: `GET /services?size=${size}`,
    status: 400,
    exact: { code: 9, name: 'invalid size', message: 'size must be an integer between 1 and 1000' },
  })),
  {
    fact: 'an offset that is no base64 is code 7',
    request: 'GET /services?offset=$',
    status: 400,
    exact: { code: 7, name: 'invalid offset', message: "'$' is not a valid offset: bad base64 encoding" },
  },
  {
    fact: 'an offset that is no JSON is code 7',
    request: 'GET /services?offset=cG90YXRv',
    status: 400,
    exact: { code: 7, name: 'invalid offset', message: "'cG90YXRv' is not a valid offset: bad json encoding" },
  },
  {
    fact: 'a list ignores other arguments',
    given: three,
    request: 'GET /services?name=one',
    status: 200,
    body: { data: [{}, {}, {}] },
  },
  {
    fact: 'tags narrow a list',
    given: three,
    request: 'GET /services?tags=x',
    status: 200,
    body: { data: [{ id: ids.a }, { id: ids.b }] },
  },
  {
    fact: 'tags with a comma mean all',
    given: three,
    request: 'GET /services?tags=x,y',
    status: 200,
    body: { data: [{ id: ids.b }] },
  },
  {
    fact: 'tags with a slash mean any',
    given: three,
    request: 'GET /services?tags=x/y',
    status: 200,
    body: { data: [{ id: ids.a }, { id: ids.b }] },
  },
  {
    fact: 'the next page keeps the tags',
    given: three,
    request: 'GET /services?size=1&tags=x/y',
    status: 200,
    body: { next: `/services?offset=${encodeURIComponent(offsetAfter(ids.a))}&tags=x%2Fy&size=1` },
  },
  {
    fact: 'both at once is code 11',
    request: 'GET /services?tags=a,b/c',
    status: 400,
    exact: badTags('invalid filter syntax'),
  },
  {
    fact: 'an empty tag in between is code 11',
    request: 'GET /services?tags=a,,b',
    status: 400,
    exact: badTags('invalid filter syntax'),
  },
  { fact: 'no tags at all is code 11', request: 'GET /services?tags=', status: 400, exact: badTags('cannot be null') },
  {
    fact: 'tags without a value is code 11',
    request: 'GET /services?tags',
    status: 400,
    exact: badTags('cannot be null'),
  },
  {
    fact: 'six tags are too many',
    request: 'GET /services?tags=a,b,c,d,e,f',
    status: 400,
    exact: badTags('cannot query more than 5 tags'),
  },
  {
    fact: 'a tag that is SQL finds nothing',
    given: three,
    request: `GET /services?tags=${encodeURIComponent(`' OR '1'='1`)}`,
    status: 200,
    body: { data: [] },
  },
  {
    fact: 'all tags are listed',
    given: [three[0]!, three[1]!],
    request: 'GET /tags',
    status: 200,
    exact: {
      data: [
        { tag: 'x', entity_name: 'services', entity_id: ids.a },
        { tag: 'x', entity_name: 'services', entity_id: ids.b },
        { tag: 'y', entity_name: 'services', entity_id: ids.b },
      ],
      next: null,
    },
  },
  {
    fact: 'one tag is listed over all entities',
    given: [three[0]!, three[1]!, consumer('bob', ids.c, { tags: ['y'] })],
    request: 'GET /tags/y',
    status: 200,
    exact: {
      data: [
        { tag: 'y', entity_name: 'services', entity_id: ids.b },
        { tag: 'y', entity_name: 'consumers', entity_id: ids.c },
      ],
      next: null,
    },
  },
  {
    fact: 'a list of tags has pages',
    given: [three[0]!, three[1]!],
    request: 'GET /tags/x?size=1',
    status: 200,
    body: { data: [{ entity_id: ids.a }], next: /^\/tags\/x\?offset=[\w%]+$/ },
  },
  { fact: 'an unused tag is an empty list', request: 'GET /tags/none', status: 200, exact: { data: [], next: null } },
  {
    fact: 'tags cannot be written',
    request: 'POST /tags',
    json: { tag: 'x', entity_name: 'services', entity_id: ids.a },
    status: 400,
    body: { code: 2, fields: { tags: 'does not support insert/upsert/update/delete operations' } },
  },
  {
    fact: 'a tag cannot be deleted through the view',
    given: [three[0]!],
    request: 'DELETE /tags/x',
    status: 400,
    body: { code: 2 },
  },
  {
    fact: 'children are listed under their parent, found by name or id',
    given: [service('one', ids.a), route('r1', ids.b, { service: { id: ids.a } }), route('r2', ids.c)],
    request: 'GET /services/one/routes',
    status: 200,
    body: { data: [{ id: ids.b }], next: null },
  },
  {
    fact: 'pages of children carry the offset alone',
    given: [
      service('one', ids.a),
      route('r1', ids.b, { service: { id: ids.a } }),
      route('r2', ids.c, { service: { id: ids.a } }),
    ],
    request: 'GET /services/one/routes?size=1',
    status: 200,
    body: { data: [{ id: ids.b }], next: `/services/one/routes?offset=${encodeURIComponent(offsetAfter(ids.b))}` },
  },
  {
    fact: 'children of an unknown parent are 404',
    request: 'GET /services/nobody/routes',
    status: 404,
    exact: { message: 'Not found' },
  },
  {
    fact: 'consumers are found by custom_id',
    given: [consumer('bob', ids.a, { custom_id: 'c/1' }), consumer('eve')],
    request: 'GET /consumers?custom_id=c%2F1',
    status: 200,
    body: { data: [{ id: ids.a }], next: null },
  },
  {
    fact: 'an unknown custom_id is an empty list',
    request: 'GET /consumers?custom_id=x',
    status: 200,
    exact: { data: [], next: null },
  },
  {
    fact: 'an empty custom_id is refused',
    request: 'GET /consumers?custom_id=',
    status: 400,
    exact: { message: 'custom_id must be an unempty string' },
  },
];
