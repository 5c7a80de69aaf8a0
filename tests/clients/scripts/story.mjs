// What every client does: make a segment, read it page by page, be refused, and be turned away.
export const PAGE = 30;

const filter = { label: { containsAny: ['VIP'] } };

/** The input of a segment that only one client makes. */
export const segmentOf = client => ({ name: `VIPs by ${client}`, kind: 'DYNAMIC', filter });

/** The input of a segment with a misspelt field. */
export const misspelt = client => ({
  name: `Nobody by ${client}`,
  filter: { and: [filter, { field: { key: 'citty', test: { contains: 'Jakarta' } } }] },
});

export const CREATE = `mutation CreateSegment($input: CreateSegmentInput!) {
  createSegment(input: $input) { segment { id name count } errors { code message path } }
}`;

export const READ = `query ReadSegment($id: ID!, $first: Int!, $after: String) {
  segment(id: $id) {
    id
    contacts(first: $first, after: $after) {
      edges { cursor node { id email } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

export const WRONG = 'query Wrong { contacts(first: 1000) { nodes { id } } }';

export const FOLLOW = `subscription Follow($id: ID!) {
  importProgress(id: $id) { id state counts { merged } }
}`;

/** The codes of an answer's errors. */
export const codesOf = errors => (errors ?? []).map(error => error.extensions.code);

/** What is seen by a client of which `ask(document, variables)` gives `{data, errors}`. */
export async function storyOf(client, ask) {
  const created = (await ask(CREATE, { input: segmentOf(client) })).data.createSegment;
  const refused = (await ask(CREATE, { input: misspelt(client) })).data.createSegment;
  const pages = await pagesOf(created.segment.id, ask);
  return {
    count: created.segment.count,
    pages: pages.map(page => page.length),
    distinct: new Set(pages.flat()).size,
    refused: refused.errors.map(({ code, path }) => [code, path]),
    turnedAway: codesOf((await ask(WRONG, {})).errors),
  };
}

async function pagesOf(id, ask) {
  const pages = [];
  let pageInfo = { hasNextPage: true, endCursor: null };
  while (pageInfo.hasNextPage) {
    const { contacts } = (await ask(READ, { id, first: PAGE, after: pageInfo.endCursor })).data.segment;
    pages.push(contacts.edges.map(edge => edge.node.id));
    pageInfo = contacts.pageInfo;
  }
  return pages;
}
