/** What happened to the account. */
import { graphql } from '../gql/index.ts';

export const ActivityEvent = graphql(`
  fragment ActivityEvent on AuditEvent {
    id
    type
    occurredAt
    actor { kind name }
    ipAddress
    previousIpAddress
    device { name }
    session { id isCurrent device { name } }
    endReason
    limit
  }
`);

export const MyActivity = graphql(`
  query MyActivity($first: Int!, $after: String) {
    myAuditEvents(first: $first, after: $after) {
      nodes { ...ActivityEvent }
      pageInfo { endCursor hasNextPage }
    }
  }
`);
