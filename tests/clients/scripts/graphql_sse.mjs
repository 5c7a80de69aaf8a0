// graphql-sse: everything as server-sent events.
import { createClient } from 'graphql-sse';
import { followed } from './following.mjs';
import { authorization, endpoint, tell } from './place.mjs';
import { codesOf, storyOf } from './story.mjs';

const client = createClient({ url: endpoint, retryAttempts: 0, headers: { authorization } });
const stranger = createClient({ url: endpoint, retryAttempts: 0, headers: { authorization: 'Bearer nobody' } });

const only = async (by, query, variables) => {
  for await (const answer of by.iterate({ query, variables })) return answer;
};

const story = await storyOf('graphql-sse', (query, variables) => only(client, query, variables));
const progress = await followed('graphql-sse', request => client.iterate(request));
const invalid = codesOf((await only(client, '{ nothing }')).errors);
const status = await only(stranger, '{ __typename }').catch(problem => problem.response.status);
client.dispose();
tell({ ...story, progress, invalid, stranger: status });
