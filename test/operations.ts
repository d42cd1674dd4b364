/** The operations of the tests, typed by `npm run generate`. */
import { graphql } from './gql/index.ts';

export const SignUp = graphql(`
  mutation SignUp($input: SignUpInput!) {
    signUp(input: $input) {
      __typename
      ... on SignUpSuccess {
        token
        user { id email createdAt }
        session { ...SessionParts }
      }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
    }
  }
`);

export const SignIn = graphql(`
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) {
      __typename
      ... on SignInSuccess {
        token
        user { id email }
        session { ...SessionParts }
      }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
      ... on SessionLimitReachedError { sessions { ...SessionParts } }
    }
  }
`);

export const SessionParts = graphql(`
  fragment SessionParts on Session {
    id
    status
    kind
    isCurrent
    device { name type browser os }
    ipAddress
    userAgent
    createdAt
    lastIpAddress
    isNewDevice
    isSuspicious
    lastActiveAt
    expiresAt
    endedAt
    endReason
  }
`);

export const Viewer = graphql(`
  query Viewer {
    viewer { id email createdAt }
    currentSession { ...SessionParts }
  }
`);

export const Quota = graphql(`
  query Quota($kind: SessionKind) {
    viewer {
      sessionQuota(kind: $kind) { used max }
    }
  }
`);

export const MySessions = graphql(`
  query MySessions($status: SessionStatus, $first: Int, $after: String, $last: Int, $before: String) {
    mySessions(status: $status, first: $first, after: $after, last: $last, before: $before) {
      totalCount
      nodes { ...SessionParts }
      edges { cursor node { id } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

export const MyAuditEvents = graphql(`
  query MyAuditEvents($first: Int, $after: String) {
    myAuditEvents(first: $first, after: $after) {
      nodes { id type occurredAt ipAddress device { name } session { id endReason } }
      edges { cursor }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const NodeById = graphql(`
  query NodeById($id: ID!) {
    node(id: $id) {
      __typename
      id
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    signOut { session { ...SessionParts } }
  }
`);

export const RevokeSession = graphql(`
  mutation RevokeSession($id: ID!) {
    revokeSession(id: $id) {
      __typename
      ... on RevokeSessionSuccess { session { ...SessionParts } }
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

export const ConfirmPassword = graphql(`
  mutation ConfirmPassword($password: String!) {
    confirmPassword(password: $password) {
      __typename
      ... on ConfirmPasswordSuccess { confirmedUntil token session { id } }
      ... on UserError { message }
      ... on RateLimitedError { retryAfter }
    }
  }
`);

export const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      __typename
      ... on ChangePasswordSuccess { revokedCount token }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
    }
  }
`);

export const SessionRevoked = graphql(`
  subscription SessionRevoked {
    sessionRevoked {
      reason
      revokedAt
      isCurrent
      session { ...SessionParts }
    }
  }
`);

/** Reads nothing from the database. */
export const SessionRevokedBriefly = graphql(`
  subscription SessionRevokedBriefly {
    sessionRevoked {
      isCurrent
    }
  }
`);

export const SessionStarted = graphql(`
  subscription SessionStarted {
    sessionStarted {
      session { ...SessionParts }
    }
  }
`);
