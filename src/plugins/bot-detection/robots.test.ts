import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isRobot } from './robots.ts';

describe('robots are known', () => {
  for (const userAgent of [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    'Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)',
    'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)',
    'Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'Mozilla/5.0 (Windows NT 6.1; rv:6.0) Gecko/20110814 Firefox/6.0 Google (+https://developers.google.com/+/web/snippet/)',
    'Twitterbot/1.0',
    'aws-sdk-nodejs/2.9.0 linux/v7.9.0',
    'aws-cli/1.11.5',
    'Boto3/1.4.4',
    'Mozilla/5.0 (Linux) AppleWebKit/537.36 PTST/345',
    'Mozilla/5.0 (Linux) AppleWebKit/537.36 PTST/1.5',
    'Something/SuperBot 1.0',
    'PathDefender/1.0',
    'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1) MSIECrawler',
    'Go-http-client/1.1',
    'okhttp/3.10.0',
    'axios',
    'Python-urllib/3.6',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'WordPress/4.8; http://example.com',
    'NING/1.0',
    'archive.example.org_bot',
    'Microsoft URL Control Bot',
    'my favicon fetcher',
    'some-bot/2',
    'some Indexer 1',
    'A SPIDER of mine',
    'webscraper',
    'CrAwL',
  ]) {
    test(userAgent, () => assert.ok(isRobot(userAgent)));
  }
});

describe('everybody else is none', () => {
  for (const userAgent of [
    '',
    'curl/7.88.1',
    'Wget/1.21.3',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/605.1.15',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0',
    'Mozilla/5.0 (Linux; Android 4.4; CUBOT ONE) AppleWebKit/537.36',
    'python-requests/2.31.0',
    'PostmanRuntime/7.36.0',
    'robot',
    'a bot',
    'GOOGLEBOT/2.1',
    'The vortex',
    'myYeti',
    'jbots',
    'Google /+/web',
    '/+/web/snippet Google',
    'PTST/345',
    'a PTST/3',
    'a PTST/3.',
    `${'a'.repeat(31)}favicon`,
  ]) {
    test(userAgent, () => assert.ok(!isRobot(userAgent)));
  }
});

test('a giant text takes no longer than its length', () => {
  for (const part of ['a', '1', 'MSIE 1.1;', ' PTST/1.', '/a', 'IP2', 'favico', 'archive', 'Microsoft ', '\\', ' ']) {
    assert.ok(!isRobot(part.repeat(50_000)), part);
  }
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void isRobot(text)));
});
