/** Who is signed in on this device; or else why nobody is any more. */
import { graphql } from '../gql/index.ts';

export const Start = graphql(`
  query Start {
    viewer { ...Account }
    currentSession { id }
    currentSessionEnd { reason endedAt }
  }
`);

export const Account = graphql(`
  fragment Account on User {
    id
    email
    createdAt
    language
  }
`);
