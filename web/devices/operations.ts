/** The live sessions, and what may be done about them. */
import { graphql } from '../gql/index.ts';

export const SessionCard = graphql(`
  fragment SessionCard on Session {
    id
    kind
    isCurrent
    isNewDevice
    isSuspicious
    device { name type }
    ipAddress
    lastIpAddress
    createdAt
    lastActiveAt
    expiresAt
    endedAt
    endReason
  }
`);

export const MyDevices = graphql(`
  query MyDevices($first: Int!, $after: String) {
    viewer { sessionQuota { used max } }
    mySessions(first: $first, after: $after) {
      totalCount
      nodes { ...SessionCard }
      pageInfo { endCursor hasNextPage }
    }
  }
`);

export const RevokeSession = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      __typename
      ... on UserError { message }
    }
  }
`);

export const SignOutEverywhere = graphql(`
  mutation SignOutEverywhere($keepCurrent: Boolean!) {
    signOutEverywhere(keepCurrent: $keepCurrent) {
      __typename
      ... on SignOutEverywhereSuccess { revokedCount }
      ... on UserError { message }
    }
  }
`);
