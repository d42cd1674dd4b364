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

export const UserBy = graphql(`
  query UserBy($id: ID, $externalId: String, $email: String) {
    user(id: $id, externalId: $externalId, email: $email) {
      id email externalId role disabledAt
    }
  }
`);

export const Users = graphql(`
  query Users($emailPrefix: String, $first: Int, $after: String) {
    users(emailPrefix: $emailPrefix, first: $first, after: $after) {
      nodes { id email role }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const UserSessions = graphql(`
  query UserSessions($userId: ID!, $status: SessionStatus, $first: Int, $after: String) {
    userSessions(userId: $userId, status: $status, first: $first, after: $after) {
      totalCount
      nodes { ...SessionParts }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const AuditEvents = graphql(`
  query AuditEvents($filter: AuditEventFilter, $first: Int, $after: String) {
    auditEvents(filter: $filter, first: $first, after: $after) {
      nodes { ...AuditEventParts user { id email } }
      edges { cursor }
      pageInfo { hasNextPage endCursor }
    }
  }
`);

export const AuditEventParts = graphql(`
  fragment AuditEventParts on AuditEvent {
    id
    type
    actor { kind id name }
    ipAddress
    device { name }
    session { id }
    endReason
    previousIpAddress
    limit
  }
`);

export const MyAuditTrail = graphql(`
  query MyAuditTrail {
    myAuditEvents { nodes { ...AuditEventParts user { id email } } }
  }
`);

export const EndSession = graphql(`
  mutation EndSession($id: ID!) {
    endSession(id: $id) {
      __typename
      ... on EndSessionSuccess { session { ...SessionParts } }
      ... on UserError { message }
    }
  }
`);

export const EndUserSessions = graphql(`
  mutation EndUserSessions($userId: ID!) {
    endUserSessions(userId: $userId) {
      __typename
      ... on EndUserSessionsSuccess { revokedCount }
      ... on UserError { message }
    }
  }
`);

export const EndAllSessions = graphql(`
  mutation EndAllSessions($keepCurrent: Boolean!) {
    endAllSessions(keepCurrent: $keepCurrent) {
      __typename
      ... on EndAllSessionsSuccess { revokedCount }
      ... on UserError { message }
    }
  }
`);

export const DisableUser = graphql(`
  mutation DisableUser($userId: ID!) {
    disableUser(userId: $userId) {
      __typename
      ... on DisableUserSuccess { revokedCount user { id disabledAt } }
      ... on UserError { message }
      ... on InvalidInputError { path }
    }
  }
`);

export const EnableUser = graphql(`
  mutation EnableUser($userId: ID!) {
    enableUser(userId: $userId) {
      __typename
      ... on EnableUserSuccess { user { id disabledAt } }
      ... on UserError { message }
    }
  }
`);

export const StartSession = graphql(`
  mutation StartSession($input: StartSessionInput!) {
    startSession(input: $input) {
      __typename
      ... on StartSessionSuccess {
        token
        setCookie
        user { id email externalId role }
        session { ...SessionParts }
      }
      ... on UserError { message }
      ... on InvalidInputError { path }
    }
  }
`);

export const ConfirmSession = graphql(`
  mutation ConfirmSession($id: ID!) {
    confirmSession(id: $id) {
      __typename
      ... on ConfirmSessionSuccess { confirmedUntil token setCookie session { id } }
      ... on UserError { message }
      ... on InvalidInputError { path }
    }
  }
`);

export const ChangeLanguage = graphql(`
  mutation ChangeLanguage($language: String!) {
    changeLanguage(language: $language) {
      __typename
      ... on ChangeLanguageSuccess { user { id language } }
      ... on UserError { message }
      ... on InvalidInputError { path }
    }
  }
`);

export const Language = graphql(`
  query Language {
    viewer { language }
  }
`);
