// Apollo Client: its cache joins the pages of a connection, its socket link follows an import.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { followed, iterated } from './following.mjs';
import { authorization, endpoint, socket, tell } from './place.mjs';
import { CREATE, PAGE, READ, WRONG, codesOf, misspelt, segmentOf } from './story.mjs';

const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: { Authorization: authorization } });
const clientWith = authorization =>
  new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === 'subscription',
      new GraphQLWsLink(sockets),
      new HttpLink({ uri: endpoint, headers: { authorization } }),
    ),
    cache: new InMemoryCache({ typePolicies: { Segment: { fields: { contacts: relayStylePagination() } } } }),
  });

const client = clientWith(authorization);
const problems = asked =>
  asked.then(
    () => [],
    problem => (CombinedGraphQLErrors.is(problem) ? codesOf(problem.errors) : Promise.reject(problem)),
  );

async function create(input) {
  const { data } = await client.mutate({ mutation: gql(CREATE), variables: { input } });
  return data.createSegment;
}

async function read(id) {
  const asked = { query: gql(READ), variables: { id, first: PAGE } };
  const watched = client.watchQuery(asked);
  const subscription = watched.subscribe(() => {});
  let { contacts } = (await client.query(asked)).data.segment;
  const pages = [contacts.edges.length];
  while (contacts.pageInfo.hasNextPage) {
    const more = await watched.fetchMore({ variables: { after: contacts.pageInfo.endCursor } });
    ({ contacts } = more.data.segment);
    pages.push(contacts.edges.length);
  }
  subscription.unsubscribe();
  const joined = client.readQuery(asked).segment.contacts.edges;
  return { pages, distinct: new Set(joined.map(edge => edge.node.id)).size };
}

const subscribe = ({ query, variables }) =>
  iterated(observer => client.subscribe({ query: gql(query), variables }).subscribe(observer));

const { segment } = await create(segmentOf('Apollo'));
const refused = await create(misspelt('Apollo'));
const seen = {
  count: segment.count,
  ...(await read(segment.id)),
  refused: refused.errors.map(({ code, path }) => [code, path]),
  turnedAway: await problems(client.query({ query: gql(WRONG) })),
  invalid: await problems(client.query({ query: gql('{ nothing }') })),
  stranger: await problems(clientWith('Bearer nobody').query({ query: gql('{ fields { key } }') })),
  progress: await followed('apollo', subscribe),
};
await sockets.dispose();
tell(seen);
