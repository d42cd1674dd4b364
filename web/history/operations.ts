/** The sessions that ended. */
import { graphql } from '../gql/index.ts';

export const MyPastSessions = graphql(`
  query MyPastSessions($first: Int!, $after: String) {
    mySessions(status: ENDED, first: $first, after: $after) {
      nodes { ...SessionCard }
      pageInfo { endCursor hasNextPage }
    }
  }
`);
