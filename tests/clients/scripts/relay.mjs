// Relay's runtime with what its compiler made: one connection in the store, joined by pages of its own refetching.
import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import relay from 'relay-runtime';
import WebSocket from 'ws';
import create from '../generated/relay/documentsCreateMutation.graphql.js';
import follow from '../generated/relay/documentsFollowSubscription.graphql.js';
import pageQuery from '../generated/relay/documentsPageQuery.graphql.js';
import readQuery from '../generated/relay/documentsReadQuery.graphql.js';
import wrong from '../generated/relay/documentsWrongQuery.graphql.js';
import fragment from '../generated/relay/documents_contacts.graphql.js';
import { followed, iterated } from './following.mjs';
import { authorization, endpoint, socket, tell } from './place.mjs';
import { PAGE, codesOf, misspelt, segmentOf } from './story.mjs';

const { Environment, Network, Observable, RecordSource, Store } = relay;
const { commitMutation, createOperationDescriptor, fetchQuery, getRequest, getSelector, requestSubscription } = relay;

const sockets = createClient({ url: socket, webSocketImpl: WebSocket, connectionParams: { Authorization: authorization } });

function environmentWith(authorization) {
  const send = async ({ text: query }, variables) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    return (await fetch(endpoint, { method: 'POST', headers, body })).json();
  };
  const stream = ({ text: query }, variables) =>
    Observable.create(sink => sockets.subscribe({ query, variables }, sink));
  return new Environment({ network: Network.create(send, stream), store: new Store(new RecordSource()) });
}

const environment = environmentWith(authorization);

const commit = input =>
  new Promise((onCompleted, onError) =>
    commitMutation(environment, {
      mutation: create,
      variables: { input },
      onCompleted: ({ createSegment }) => onCompleted(createSegment),
      onError,
    }),
  );

const problems = (of, query) =>
  fetchQuery(of, query, {}).toPromise().then(() => [], problem => codesOf(problem.source.errors));

async function read(id) {
  const operation = createOperationDescriptor(getRequest(readQuery), { id });
  environment.retain(operation);
  await fetchQuery(environment, readQuery, { id }).toPromise();
  const contacts = () => {
    const { segment } = environment.lookup(operation.fragment).data;
    return environment.lookup(getSelector(fragment, segment)).data.contacts;
  };
  const pages = [contacts().edges.length];
  while (contacts().pageInfo.hasNextPage) {
    const before = contacts().edges.length;
    await fetchQuery(environment, pageQuery, { id, first: PAGE, after: contacts().pageInfo.endCursor }).toPromise();
    pages.push(contacts().edges.length - before);
  }
  return { pages, distinct: new Set(contacts().edges.map(edge => edge.node.id)).size };
}

const subscribe = ({ variables }) =>
  iterated(({ next, complete }) =>
    requestSubscription(environment, {
      subscription: follow,
      variables,
      onNext: data => next({ data }),
      onCompleted: complete,
    }),
  );

const { segment } = await commit(segmentOf('Relay'));
const refused = await commit(misspelt('Relay'));
const seen = {
  count: segment.count,
  ...(await read(segment.id)),
  refused: refused.errors.map(({ code, path }) => [code, path]),
  turnedAway: await problems(environment, wrong),
  stranger: await problems(environmentWith('Bearer nobody'), wrong),
  refetchedBy: readFileSync('generated/relay/documentsPageQuery.graphql.js', 'utf8').match(/\bnode\(id: \$id\)/)?.[0],
  progress: await followed('relay', subscribe),
};
await sockets.dispose();
tell(seen);
