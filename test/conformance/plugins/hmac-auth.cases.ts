import { createHash, createHmac } from 'node:crypto';
import type { PluginCase, PluginStep } from './plugin-case.ts';

const bob = {
  'x-consumer-id': '7f2c1d00-0000-4000-8000-000000000001',
  'x-consumer-custom-id': 'b-1',
  'x-consumer-username': 'bob',
  'x-credential-identifier': 'bobby',
  'x-anonymous-consumer': null,
};
const nobody = { 'x-consumer-username': 'nobody', 'x-credential-identifier': null, 'x-anonymous-consumer': 'true' };
const secret = 'bobs-secret';

const date = 'Mon, 02 Jan 2006 15:04:05 GMT';
/** Seconds that make the date above good for the next centuries. */
const ages = { clock_skew: 1e10 };

function hmacAuth(title: string, config: { [field: string]: unknown }, ...steps: PluginStep[]): PluginCase {
  return { title, plugins: [{ name: 'hmac-auth', config: { ...ages, ...config } }], steps };
}

function sign(text: string, algorithm = 'sha256', key = secret): string {
  return createHmac(algorithm, key).update(text).digest('base64');
}

function header(headers: string, text: string, algorithm = 'sha256', username = 'bobby'): string {
  return `hmac username="${username}", algorithm="hmac-${algorithm}", headers="${headers}", signature="${sign(text, algorithm)}"`;
}

const good = header('date', `date: ${date}`);

function refused(message: string, headers: { readonly [name: string]: string } = {}, more: object = {}): PluginStep {
  return {
    request: { headers: { date, ...headers }, ...more },
    status: 401,
    message,
    headers: { 'www-authenticate': 'hmac' },
    upstream: null,
  };
}

function passed(headers: { readonly [name: string]: string } = {}, more: object = {}): PluginStep {
  return {
    request: { headers: { date, authorization: good, ...headers }, ...more },
    status: 200,
    headers: { 'www-authenticate': null },
    upstream: { headers: bob },
  };
}

const unverifiable = 'HMAC signature cannot be verified';
const wrong = 'HMAC signature does not match';
const undated = `${unverifiable}, a valid date or x-date header is required for HMAC Authentication`;

function digestOf(body: string): string {
  return `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
}

/** hmac-auth of Kong 3.9. */
export const hmacAuthCases: readonly PluginCase[] = [
  hmacAuth('a request without a signature is refused', {}, refused('Unauthorized')),
  hmacAuth(
    'the realm is named in the challenge',
    { realm: 'shop' },
    {
      ...refused('Unauthorized'),
      headers: { 'www-authenticate': 'hmac realm="shop"' },
    },
  ),
  hmacAuth(
    'a signed request passes, and the upstream is told of the consumer',
    {},
    {
      ...passed(),
      upstream: { headers: { ...bob, authorization: good } },
    },
  ),
  hmacAuth(
    'a date is needed',
    {},
    {
      ...refused(undated),
      request: { headers: { authorization: good } },
    },
  ),
  hmacAuth(
    'a date must be one',
    {},
    refused(undated, { date: 'today', authorization: good }),
    refused(undated, { date: '2006-01-02T15:04:05Z', authorization: good }),
  ),
  hmacAuth('a date must be of now', { clock_skew: 300 }, refused(undated, { authorization: good })),
  hmacAuth(
    'X-Date may stand for Date, and either of the two is enough',
    {},
    { ...passed(), request: { headers: { 'x-date': date, authorization: header('x-date', `x-date: ${date}`) } } },
    { ...passed(), request: { headers: { 'x-date': 'x', date, authorization: good } } },
    { ...passed(), request: { headers: { 'x-date': date, date: 'x', authorization: header('date', 'date: x') } } },
  ),
  hmacAuth(
    'all three forms of dates are known',
    {},
    ...['Mon, 02 Jan 2006 15:04:05 GMT', 'Monday, 02-Jan-06 15:04:05 GMT', 'Mon Jan  2 15:04:05 2006'].map((text) =>
      passed({ date: text, authorization: header('date', `date: ${text}`) }),
    ),
  ),
  hmacAuth(
    'all algorithms',
    {},
    ...['sha1', 'sha256', 'sha384', 'sha512'].map((algorithm) =>
      passed({ authorization: header('date', `date: ${date}`, algorithm) }),
    ),
  ),
  hmacAuth(
    'an algorithm that is not known is refused',
    {},
    refused(unverifiable, { authorization: good.replace('sha256', 'md5') }),
    refused(unverifiable, { authorization: good.replace('hmac-sha256', 'HMAC-SHA256') }),
  ),
  hmacAuth(
    'an algorithm that is not allowed is refused',
    { algorithms: ['hmac-sha512'] },
    refused(unverifiable, { authorization: good }),
    passed({ authorization: header('date', `date: ${date}`, 'sha512') }),
  ),
  hmacAuth(
    'a header that is written in another way is refused',
    {},
    refused(unverifiable, { authorization: 'Basic Ym9iOnNlY3JldA==' }),
    refused(unverifiable, { authorization: 'hmac' }),
    refused(unverifiable, { authorization: good.replace('hmac ', 'HMAC ') }),
    refused(unverifiable, { authorization: good.replace('username', 'user') }),
    refused(unverifiable, { authorization: good.replace('"bobby"', 'bobby') }),
    refused(unverifiable, { authorization: good.replace('"bobby"', '""') }),
    refused(unverifiable, { authorization: good.replace(/, signature.*/, '') }),
    refused(unverifiable, { authorization: good.replace(/signature=.*/, 'signature=""') }),
    refused(unverifiable, { authorization: good.replace('headers="date"', 'headers=""') }),
    refused(unverifiable, { authorization: good.replace(/(algorithm=[^,]*), (headers=[^,]*)/, '$2, $1') }),
  ),
  hmacAuth(
    'the scheme may be written Hmac or hmac, with blanks or without',
    {},
    passed({ authorization: good.replace('hmac ', 'Hmac') }),
    passed({ authorization: good.replaceAll(', ', ',') }),
    passed({ authorization: good.replaceAll(', ', ',   ') }),
    passed({ authorization: `Some ${good}` }),
  ),
  hmacAuth(
    'an unknown user is refused',
    {},
    refused(unverifiable, { authorization: header('date', `date: ${date}`, 'sha256', 'ghost') }),
  ),
  hmacAuth(
    'a wrong signature is refused',
    {},
    refused(wrong, { authorization: header('date', 'date: x') }),
    refused(wrong, { authorization: good.replace(/signature=".*"/, 'signature="x!"') }),
    refused(wrong, {
      authorization: good.replace(/signature=".*"/, `signature="${sign(`date: ${date}`, 'sha256', 'wrong')}"`),
    }),
    refused(wrong, { authorization: good.replace('headers="date"', 'headers="date date"') }),
    refused(wrong, { date: 'Mon, 02 Jan 2006 15:04:06 GMT', authorization: good }),
  ),
  hmacAuth(
    'several headers are signed line by line, in the order in which they are named',
    {},
    passed({ 'content-md5': 'md5', authorization: header('date content-md5', `date: ${date}\ncontent-md5: md5`) }),
    passed({ 'content-md5': 'md5', authorization: header('content-md5 date', `content-md5: md5\ndate: ${date}`) }),
    passed({ 'Content-MD5': 'md5', authorization: header('Content-MD5', 'Content-MD5: md5') }),
  ),
  hmacAuth(
    'a header that is not there is signed without a value',
    {},
    passed({ authorization: header('date x-a', `date: ${date}\nx-a:`) }),
  ),
  hmacAuth(
    'two blanks name a header without a name',
    {},
    passed({ authorization: header('date  x-a', `date: ${date}\n:\nx-a:`) }),
  ),
  hmacAuth(
    'the first line may be signed',
    {},
    passed(
      { authorization: header('date request-line', `date: ${date}\nPOST /a%20b?x=1&y HTTP/1.1`) },
      { method: 'POST', path: '/a%20b', query: 'x=1&y' },
    ),
    refused(
      wrong,
      { authorization: header('date request-line', `date: ${date}\nGET /a HTTP/1.1`) },
      { path: '/a', query: 'x=1' },
    ),
  ),
  hmacAuth(
    'method and target may be signed without the version',
    {},
    passed(
      { authorization: header('@request-target', '@request-target: post /a?x=1') },
      { method: 'POST', path: '/a', query: 'x=1' },
    ),
    refused(
      wrong,
      { authorization: header('@request-target', '@request-target: POST /a') },
      { method: 'POST', path: '/a' },
    ),
  ),
  hmacAuth(
    'a header of that name comes first',
    {},
    passed({ 'request-line': 'x', authorization: header('request-line', 'request-line: x') }),
  ),
  hmacAuth(
    'headers that must be signed',
    { enforce_headers: ['date', 'request-line'] },
    refused(unverifiable, { authorization: good }),
    refused(unverifiable, { authorization: header('Date request-line', `Date: ${date}\nGET / HTTP/1.1`) }),
    passed({ authorization: header('request-line date', `GET / HTTP/1.1\ndate: ${date}`) }),
  ),
  hmacAuth(
    'Proxy-Authorization comes first',
    {},
    {
      ...passed(),
      request: { headers: { date, 'proxy-authorization': good } },
    },
    passed({ 'proxy-authorization': good, authorization: 'hmac' }),
    refused(wrong, { 'proxy-authorization': header('date', 'x'), authorization: good }),
  ),
  hmacAuth(
    'Authorization counts where Proxy-Authorization holds no signature',
    {},
    passed({ 'proxy-authorization': 'hmac username="bobby"' }),
  ),
  hmacAuth(
    'hidden signatures do not reach the upstream',
    { hide_credentials: true },
    { ...passed(), upstream: { headers: { ...bob, authorization: null } } },
    {
      ...passed({ 'proxy-authorization': good, authorization: 'x' }),
      upstream: { headers: { ...bob, 'proxy-authorization': null, authorization: 'x' } },
    },
  ),
  hmacAuth('the body is not looked at unless told so', {}, passed({ digest: 'x' }, { method: 'POST', body: 'a=1' })),
  hmacAuth(
    'the body must be that of the digest',
    { validate_request_body: true },
    passed({ digest: digestOf('a=1') }, { method: 'POST', body: 'a=1' }),
    passed({ digest: digestOf('é') }, { method: 'POST', body: 'é' }),
    refused(wrong, { authorization: good, digest: digestOf('a=2') }, { method: 'POST', body: 'a=1' }),
    refused(wrong, { authorization: good }, { method: 'POST', body: 'a=1' }),
    refused(wrong, { authorization: good, digest: digestOf('a=1').toLowerCase() }, { method: 'POST', body: 'a=1' }),
  ),
  hmacAuth(
    'without a body a digest may be left out',
    { validate_request_body: true },
    passed(),
    passed({ digest: digestOf('') }),
    refused(wrong, { authorization: good, digest: digestOf('a=1') }),
  ),
  hmacAuth('OPTIONS needs a signature too', {}, refused('Unauthorized', {}, { method: 'OPTIONS' })),
  hmacAuth(
    'without a good signature a request belongs to the anonymous consumer',
    { anonymous: 'nobody' },
    {
      status: 200,
      headers: { 'www-authenticate': null },
      upstream: { headers: nobody },
    },
    {
      request: { headers: { date, authorization: header('date', 'x') } },
      status: 200,
      upstream: { headers: nobody },
    },
    passed(),
  ),
  hmacAuth(
    'an anonymous consumer that does not exist is a fault of the gateway',
    { anonymous: 'ghost' },
    {
      status: 500,
      body: '{"message":"An unexpected error occurred"}',
      upstream: null,
    },
  ),
  hmacAuth(
    'a refusal takes the format that the client accepts',
    {},
    {
      request: { headers: { accept: 'text/html' } },
      status: 401,
      headers: { 'content-type': 'text/html; charset=utf-8', 'www-authenticate': 'hmac' },
    },
  ),
  {
    title: 'of two plugins with an anonymous consumer one is enough',
    plugins: [
      { name: 'hmac-auth', config: { ...ages, anonymous: 'nobody' } },
      { name: 'key-auth', config: { anonymous: 'nobody' } },
    ],
    steps: [
      passed(),
      {
        request: { headers: { apikey: 'carols-key' } },
        status: 200,
        upstream: { headers: { 'x-consumer-custom-id': 'c-3' } },
      },
      { status: 200, upstream: { headers: nobody } },
    ],
  },
];
