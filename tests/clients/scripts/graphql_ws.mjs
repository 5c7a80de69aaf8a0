// graphql-ws: everything over one socket.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { followed } from './following.mjs';
import { authorization, socket, tell } from './place.mjs';
import { codesOf, storyOf } from './story.mjs';

const options = { url: socket, webSocketImpl: WebSocket, retryAttempts: 0 };
const client = createClient({ ...options, connectionParams: { Authorization: authorization } });
const stranger = createClient({ ...options, connectionParams: { Authorization: 'Bearer nobody' } });

const only = (by, query, variables) =>
  new Promise((resolve, reject) => {
    let answer;
    by.subscribe({ query, variables }, {
      next: value => (answer = value),
      error: problem => (Array.isArray(problem) ? resolve({ errors: problem }) : reject(problem)),
      complete: () => resolve(answer),
    });
  });

const story = await storyOf('graphql-ws', (query, variables) => only(client, query, variables));
const progress = await followed('graphql-ws', request => client.iterate(request));
const invalid = codesOf((await only(client, '{ nothing }')).errors);
const closed = await only(stranger, '{ __typename }').catch(event => event.code);
await client.dispose();
tell({ ...story, progress, invalid, stranger: closed });
