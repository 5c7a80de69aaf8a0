// urql: queries and mutations over HTTP, subscriptions by its own reader of server-sent events.
import { Client, fetchExchange } from '@urql/core';
import { followed, iterated } from './following.mjs';
import { authorization, endpoint, tell } from './place.mjs';
import { codesOf, storyOf } from './story.mjs';

const clientWith = authorization =>
  new Client({
    url: endpoint,
    exchanges: [fetchExchange],
    fetchOptions: { headers: { authorization } },
    fetchSubscriptions: true,
  });

const client = clientWith(authorization);

async function ask(by, query, variables) {
  const send = query.startsWith('mutation') ? by.mutation : by.query;
  const { data, error } = await send.call(by, query, variables).toPromise();
  return { data, errors: error?.graphQLErrors };
}

const subscribe = ({ query, variables }) =>
  iterated(({ next, complete }) =>
    client.subscription(query, variables).subscribe(result => (next(result), result.hasNext || complete())),
  );

const story = await storyOf('urql', (query, variables) => ask(client, query, variables));
const progress = await followed('urql', subscribe);
const invalid = codesOf((await ask(client, '{ nothing }')).errors);
const stranger = codesOf((await ask(clientWith('Bearer nobody'), '{ __typename }')).errors);
tell({ ...story, progress, invalid, stranger });
