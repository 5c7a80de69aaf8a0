// An import to follow, and what a client that follows it sees.
import { authorization, origin } from './place.mjs';
import { FOLLOW } from './story.mjs';

const ROWS = 500;

/** The id of a new import. */
export async function begun(client) {
  const rows = Array.from({ length: ROWS }, (_, row) => `${client}.${row}@example.com,Medan`);
  const form = new FormData();
  form.append('file', new Blob([['email,city', ...rows].join('\n')]), `${client}.csv`);
  const answer = await fetch(`${origin}/imports`, { method: 'POST', headers: { authorization }, body: form });
  return (await answer.json()).id;
}

/** The states of a new import and what it merged, by a client of which `subscribe` gives an async iterable. */
export async function followed(client, subscribe) {
  const seen = [];
  for await (const { data } of subscribe({ query: FOLLOW, variables: { id: await begun(client) } })) {
    seen.push(data.importProgress);
  }
  return { states: seen.map(each => each.state), merged: seen.at(-1).counts.merged };
}

/** What a client tells `next`, as an async iterable that ends with `complete`. */
export async function* iterated(start) {
  const waiting = [];
  let wake = () => {};
  let over = false;
  start({ next: value => (waiting.push(value), wake()), complete: () => ((over = true), wake()) });
  while (waiting.length || !over) {
    if (waiting.length) yield waiting.shift();
    else await new Promise(resolve => (wake = resolve));
  }
}
