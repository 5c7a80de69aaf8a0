// A person at GraphiQL: opens the page with no network but this machine, and runs every tab of the story.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { begun } from './following.mjs';
import { authorization, endpoint, origin, tell, token } from './place.mjs';

const { CHROMIUM: executablePath, STORIES: stories, SHOTS: shots } = process.env;
const ONLY_HERE = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';
const FOLLOW_TAB = 9;
const LIVE_TAB = 12; // what the tab after it does, somebody does elsewhere
const A_MOMENT = 700; // in milliseconds: GraphiQL learns an operation's name a little after its tab was opened

const names = readdirSync(stories).filter(name => name.endsWith('.graphql')).sort();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ONLY_HERE] });
const permissions = ['clipboard-read', 'clipboard-write'];
const page = await browser.newPage({ viewport: { width: 1360, height: 820 }, permissions });

const elsewhere = [];
const complaints = [];
const frames = [];
page.on('request', request => {
  if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(origin)) elsewhere.push(request.url());
});
page.on('pageerror', error => complaints.push(error.message));
page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
page.on('websocket', socket => socket.on('framereceived', ({ payload }) => frames.push(JSON.parse(payload))));

const shown = text => page.locator('.graphiql-response').getByText(text).first().waitFor();
const run = () => page.getByRole('button', { name: /execute query/i }).click();

async function fill(variables) {
  await page.locator('.graphiql-editor-tool .monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.evaluate(text => navigator.clipboard.writeText(text), variables);
  await page.keyboard.press('Control+V');
}

function variablesOf(name, id) {
  try {
    return readFileSync(join(stories, name.replace('.graphql', '.json')), 'utf8').replace('paste the id here', id);
  } catch {
    return null;
  }
}

async function ask(tab, id) {
  await page.getByRole('tab').nth(tab - 1).click();
  await page.waitForTimeout(A_MOMENT);
  const variables = variablesOf(names[tab - 1], id);
  if (variables?.includes(id)) await fill(variables);
  if (tab === FOLLOW_TAB) return follow();
  if (tab === LIVE_TAB) return live(names[tab]);
  const [response] = await Promise.all([
    page.waitForResponse(each => each.url() === `${origin}/graphql` && each.request().method() === 'POST'),
    run(),
  ]);
  await shown(/"(data|errors)"/);
  return response.json();
}

async function follow() {
  await run();
  await shown(/"DONE"/);
  return frames.filter(frame => frame.type === 'next').at(-1).payload;
}

async function live(next) {
  await run();
  await page.waitForTimeout(A_MOMENT);
  const query = readFileSync(join(stories, next), 'utf8');
  const body = JSON.stringify({ query, variables: JSON.parse(variablesOf(next, '')) });
  await fetch(endpoint, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body });
  await shown(/Label\sVIP\swas\sadded/); // Monaco writes no plain spaces
  await page.getByRole('button', { name: /stop query/i }).click();
  return frames.filter(frame => frame.type === 'next').at(-1).payload;
}

const shoot = name => shots && page.screenshot({ path: join(shots, `${name}.png`) });

await page.goto(`${origin}/graphql#token=${token}`);
await page.getByRole('tab').nth(names.length - 1).waitFor();
await page.waitForLoadState('networkidle');

const answers = [];
let id = 'no id yet';
const importId = await begun('graphiql');
for (let tab = 1; tab <= names.length; tab++) {
  const answer = await ask(tab, tab === FOLLOW_TAB ? importId : id);
  id = answer.data?.createSegment?.segment?.id ?? id;
  answers.push(answer);
  await shoot(names[tab - 1].replace('.graphql', ''));
}
await browser.close();
tell({ answers, elsewhere, complaints });
