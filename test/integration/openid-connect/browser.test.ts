import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { clients, createProviderKey, type OpenidProvider, startOpenidProvider } from '../../support/openid-provider.ts';
import { requireService } from '../../support/services.ts';
import { type Stage, startStage } from './stage.ts';

const executablePath = requireService('chromium');

let stage: Stage;
let provider: OpenidProvider;
let browser: Browser;
before(async () => {
  stage = await startStage();
  provider = await startOpenidProvider({
    keys: [createProviderKey('one')],
    redirectUris: [`${stage.url}/shop/cb`, `https://localhost:${stage.gateway.tlsPort}/secure/cb`],
    logoutUris: [`${stage.url}/shop/`],
    accessTokenLife: 25,
  });
  await stage.protect('/shop', {
    issuer: provider.issuer,
    client_id: ['gateway'],
    client_secret: [clients.gateway],
    scopes: ['openid', 'offline_access', 'read'],
    redirect_uri: [`${stage.url}/shop/cb`],
    logout_path: '/shop/logout',
    logout_methods: ['GET', 'POST'],
    logout_redirect_uri: [`${stage.url}/shop/`],
  });
  await stage.protect('/secure', {
    issuer: provider.issuer,
    client_id: ['gateway'],
    client_secret: [clients.gateway],
    redirect_uri: [`https://localhost:${stage.gateway.tlsPort}/secure/cb`],
    session_cookie_name: 'secure',
    session_cookie_same_site: 'Strict',
  });
  browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : [],
  });
});
after(async () => {
  await browser.close();
  await stage.close();
  await provider.close();
});

/** A browser of its own, without cookies. */
async function newContext(): Promise<BrowserContext> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  context.setDefaultTimeout(10_000);
  return context;
}

/** Signs in on the pages of the provider; who has agreed before is not asked again. */
async function signIn(page: Page, name: string, prompts: readonly string[] = ['login', 'consent']): Promise<void> {
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'any');
  // The page of the provider for consent has a button like that of the page before.
  for (const prompt of prompts) {
    await page.click(`form:has(input[name=prompt][value=${prompt}]) button[type=submit]`);
  }
}

const askedBy = async (page: Page) =>
  JSON.parse((await page.textContent('pre'))!) as {
    readonly path: string;
    readonly headers: { [name: string]: string };
  };

/** What a script of the page gets. */
const fetched = (page: Page): Promise<number> =>
  page.evaluate(() => fetch('/shop/data', { redirect: 'manual' }).then((response) => response.status));

test('a user signs in, stays, has tokens renewed, and signs out', async () => {
  const page = await (await newContext()).newPage();
  await page.goto(`${stage.url}/shop/cart?item=1`);
  assert.equal(new URL(page.url()).origin, provider.issuer);
  await signIn(page, 'ann');
  await page.waitForURL(`${stage.url}/shop/cart?item=1`);
  assert.equal(await page.textContent('h1'), 'Welcome');
  const first = await askedBy(page);
  assert.equal(first.headers['x-credential-identifier'], 'ann');

  // Tokens that end within the time kept in hand are renewed with the next request.
  await page.reload();
  const second = await askedBy(page);
  assert.equal(second.headers['x-credential-identifier'], 'ann');
  assert.notEqual(second.headers['authorization'], first.headers['authorization']);
  assert.equal(await fetched(page), 200);
  const cookies = await page.context().cookies(stage.url);
  const session = cookies.find(({ name }) => name === 'session')!;
  assert.deepEqual([session.httpOnly, session.sameSite, session.path], [true, 'Lax', '/']);
  assert.deepEqual(
    cookies.filter(({ name }) => name.startsWith('authorization_')),
    [],
  );

  await page.goto(`${stage.url}/shop/logout`);
  assert.equal(new URL(page.url()).pathname, '/session/end');
  await page.click('button[name=logout]');
  // The page to come back to is behind the login as well.
  await page.waitForURL(`${provider.issuer}/interaction/*`);
  await page.goto(`${stage.url}/shop/cart`);
  assert.equal(new URL(page.url()).origin, provider.issuer);
});

test('scripts of a page whose user is signed out get 401', async () => {
  const context = await newContext();
  const page = await context.newPage();
  await page.goto(`${stage.url}/shop/`);
  await signIn(page, 'ann');
  await page.waitForURL(`${stage.url}/shop/`);
  assert.equal(await fetched(page), 200);
  await context.clearCookies({ name: 'session' });
  assert.equal(await fetched(page), 401);
});

test('two tabs sign in side by side', async () => {
  const context = await newContext();
  const [one, two] = [await context.newPage(), await context.newPage()];
  await one.goto(`${stage.url}/shop/one`);
  await two.goto(`${stage.url}/shop/two`);
  await signIn(one, 'ann');
  await one.waitForURL(`${stage.url}/shop/one`);
  await signIn(two, 'ann', ['login']);
  await two.waitForURL(`${stage.url}/shop/two`);
  assert.equal((await askedBy(two)).headers['x-credential-identifier'], 'ann');
});

test('over TLS cookies are for TLS, and those for the own site alone come along', async () => {
  const context = await newContext();
  const page = await context.newPage();
  const url = `https://localhost:${stage.gateway.tlsPort}/secure/cart`;
  await page.goto(url);
  await signIn(page, 'ann');
  await page.waitForURL(url);
  assert.equal((await askedBy(page)).headers['x-credential-identifier'], 'ann');
  const session = (await context.cookies(url)).find(({ name }) => name === 'secure')!;
  assert.deepEqual([session.secure, session.sameSite, session.httpOnly], [true, 'Strict', true]);
});
