// Read by Relay's compiler alone; the story imports what it makes of them.
import { graphql } from 'relay-runtime';

export const create = graphql`
  mutation documentsCreateMutation($input: CreateSegmentInput!) {
    createSegment(input: $input) {
      segment {
        id
        name
        count
      }
      errors {
        code
        message
        path
      }
    }
  }
`;

export const page = graphql`
  fragment documents_contacts on Segment
  @argumentDefinitions(first: { type: "Int", defaultValue: 30 }, after: { type: "String" })
  @refetchable(queryName: "documentsPageQuery") {
    id
    name
    contacts(first: $first, after: $after) @connection(key: "documents_contacts") {
      edges {
        node {
          id
          email
        }
      }
    }
  }
`;

export const read = graphql`
  query documentsReadQuery($id: ID!) {
    segment(id: $id) {
      ...documents_contacts
    }
  }
`;

export const wrong = graphql`
  query documentsWrongQuery {
    contacts(first: 1000) {
      nodes {
        id
      }
    }
  }
`;

export const follow = graphql`
  subscription documentsFollowSubscription($id: ID!) {
    importProgress(id: $id) {
      id
      state
      counts {
        merged
      }
    }
  }
`;
