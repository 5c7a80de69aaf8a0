// The client preset of graphql-codegen: documents whose variables and answers the compiler knows.
import { graphql } from '../generated/typed/gql.js';
import type { CreateSegmentInput, FilterInput, TypedDocumentString } from '../generated/typed/graphql.js';
import { authorization, endpoint, tell } from '../scripts/place.mjs';
import { PAGE } from '../scripts/story.mjs';

type Answer<Data> = { data?: Data | null; errors?: { message: string; extensions: { code: string } }[] };

const create = graphql(`
  mutation TypedCreate($input: CreateSegmentInput!) {
    createSegment(input: $input) {
      segment {
        id
        count
      }
      errors {
        code
        message
        path
      }
    }
  }
`);

const read = graphql(`
  query TypedRead($id: ID!, $first: Int!, $after: String) {
    segment(id: $id) {
      contacts(first: $first, after: $after) {
        nodes {
          id
          status
          fields(keys: ["city"]) {
            value
          }
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

const wrong = graphql(`
  query TypedWrong {
    contacts(first: 1000) {
      nodes {
        id
      }
    }
  }
`);

async function ask<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
  as = authorization,
): Promise<Answer<Data>> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: as, 'content-type': 'application/json' },
    body: JSON.stringify({ query: document, variables }),
  });
  return (await answer.json()) as Answer<Data>;
}

async function pagesOf(id: string, after: string | null = null): Promise<string[][]> {
  const { data } = await ask(read, { id, first: PAGE, after });
  const contacts = data?.segment?.contacts;
  if (!contacts) throw new Error('the segment is gone');
  const page = contacts.nodes.map(contact => contact.id);
  const { hasNextPage, endCursor } = contacts.pageInfo;
  return hasNextPage && endCursor ? [page, ...(await pagesOf(id, endCursor))] : [page];
}

// @ts-expect-error: an operator that there is not
const unknown: CreateSegmentInput = { name: 'x', filter: { field: { key: 'city', test: { like: 'Jakarta' } } } };
// @ts-expect-error: a filter is one thing at a time
const two: CreateSegmentInput = { name: 'x', filter: { status: ['ACTIVE'], label: { containsAny: ['VIP'] } } };
// @ts-expect-error: a status that there is not
const status: CreateSegmentInput = { name: 'x', filter: { status: ['ASLEEP'] } };

const filter: FilterInput = { label: { containsAny: ['VIP'] } };
const misspelt: FilterInput = { field: { key: 'citty', test: { contains: 'Jakarta' } } };
const input: CreateSegmentInput = { name: 'VIPs by graphql-codegen', kind: 'DYNAMIC', filter };
const impossible: CreateSegmentInput = { name: 'Nobody by graphql-codegen', filter: { and: [filter, misspelt] } };

const created = (await ask(create, { input })).data?.createSegment;
const refused = (await ask(create, { input: impossible })).data?.createSegment;
if (!created?.segment || !refused) throw new Error('nothing was answered');
const pages = await pagesOf(created.segment.id);

tell({
  count: created.segment.count,
  pages: pages.map(page => page.length),
  distinct: new Set(pages.flat()).size,
  refused: refused.errors.map(({ code, path }) => [code, path]),
  turnedAway: (await ask(wrong, {})).errors?.map(error => error.extensions.code),
  stranger: (await ask(wrong, {}, 'Bearer nobody')).errors?.map(error => error.extensions.code),
  unsound: [unknown, two, status].length,
});
