/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on SignUpSuccess {\n        token\n        user { id email createdAt }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.SignUpDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInSuccess {\n        token\n        user { id email }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionParts } }\n    }\n  }\n": typeof types.SignInDocument,
    "\n  fragment SessionParts on Session {\n    id\n    status\n    kind\n    isCurrent\n    device { name type browser os }\n    ipAddress\n    userAgent\n    createdAt\n    lastIpAddress\n    isNewDevice\n    isSuspicious\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n": typeof types.SessionPartsFragmentDoc,
    "\n  query Viewer {\n    viewer { id email createdAt }\n    currentSession { ...SessionParts }\n  }\n": typeof types.ViewerDocument,
    "\n  query Quota($kind: SessionKind) {\n    viewer {\n      sessionQuota(kind: $kind) { used max }\n    }\n  }\n": typeof types.QuotaDocument,
    "\n  query MySessions($status: SessionStatus, $first: Int, $after: String, $last: Int, $before: String) {\n    mySessions(status: $status, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes { ...SessionParts }\n      edges { cursor node { id } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n": typeof types.MySessionsDocument,
    "\n  query MyAuditEvents($first: Int, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { id type occurredAt ipAddress device { name } session { id endReason } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.MyAuditEventsDocument,
    "\n  query NodeById($id: ID!) {\n    node(id: $id) {\n      __typename\n      id\n    }\n  }\n": typeof types.NodeByIdDocument,
    "\n  mutation SignOut {\n    signOut { session { ...SessionParts } }\n  }\n": typeof types.SignOutDocument,
    "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on RevokeSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.RevokeSessionDocument,
    "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": typeof types.SignOutEverywhereDocument,
    "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on ConfirmPasswordSuccess { confirmedUntil token session { id } }\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.ConfirmPasswordDocument,
    "\n  mutation ChangePassword($input: ChangePasswordInput!) {\n    changePassword(input: $input) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount token }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.ChangePasswordDocument,
    "\n  subscription SessionRevoked {\n    sessionRevoked {\n      reason\n      revokedAt\n      isCurrent\n      session { ...SessionParts }\n    }\n  }\n": typeof types.SessionRevokedDocument,
    "\n  subscription SessionRevokedBriefly {\n    sessionRevoked {\n      isCurrent\n    }\n  }\n": typeof types.SessionRevokedBrieflyDocument,
    "\n  subscription SessionStarted {\n    sessionStarted {\n      session { ...SessionParts }\n    }\n  }\n": typeof types.SessionStartedDocument,
};
const documents: Documents = {
    "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on SignUpSuccess {\n        token\n        user { id email createdAt }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.SignUpDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInSuccess {\n        token\n        user { id email }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionParts } }\n    }\n  }\n": types.SignInDocument,
    "\n  fragment SessionParts on Session {\n    id\n    status\n    kind\n    isCurrent\n    device { name type browser os }\n    ipAddress\n    userAgent\n    createdAt\n    lastIpAddress\n    isNewDevice\n    isSuspicious\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n": types.SessionPartsFragmentDoc,
    "\n  query Viewer {\n    viewer { id email createdAt }\n    currentSession { ...SessionParts }\n  }\n": types.ViewerDocument,
    "\n  query Quota($kind: SessionKind) {\n    viewer {\n      sessionQuota(kind: $kind) { used max }\n    }\n  }\n": types.QuotaDocument,
    "\n  query MySessions($status: SessionStatus, $first: Int, $after: String, $last: Int, $before: String) {\n    mySessions(status: $status, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes { ...SessionParts }\n      edges { cursor node { id } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n": types.MySessionsDocument,
    "\n  query MyAuditEvents($first: Int, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { id type occurredAt ipAddress device { name } session { id endReason } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.MyAuditEventsDocument,
    "\n  query NodeById($id: ID!) {\n    node(id: $id) {\n      __typename\n      id\n    }\n  }\n": types.NodeByIdDocument,
    "\n  mutation SignOut {\n    signOut { session { ...SessionParts } }\n  }\n": types.SignOutDocument,
    "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on RevokeSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n": types.RevokeSessionDocument,
    "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": types.SignOutEverywhereDocument,
    "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on ConfirmPasswordSuccess { confirmedUntil token session { id } }\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.ConfirmPasswordDocument,
    "\n  mutation ChangePassword($input: ChangePasswordInput!) {\n    changePassword(input: $input) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount token }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.ChangePasswordDocument,
    "\n  subscription SessionRevoked {\n    sessionRevoked {\n      reason\n      revokedAt\n      isCurrent\n      session { ...SessionParts }\n    }\n  }\n": types.SessionRevokedDocument,
    "\n  subscription SessionRevokedBriefly {\n    sessionRevoked {\n      isCurrent\n    }\n  }\n": types.SessionRevokedBrieflyDocument,
    "\n  subscription SessionStarted {\n    sessionStarted {\n      session { ...SessionParts }\n    }\n  }\n": types.SessionStartedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on SignUpSuccess {\n        token\n        user { id email createdAt }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      __typename\n      ... on SignUpSuccess {\n        token\n        user { id email createdAt }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInSuccess {\n        token\n        user { id email }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionParts } }\n    }\n  }\n"): (typeof documents)["\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      __typename\n      ... on SignInSuccess {\n        token\n        user { id email }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionParts } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment SessionParts on Session {\n    id\n    status\n    kind\n    isCurrent\n    device { name type browser os }\n    ipAddress\n    userAgent\n    createdAt\n    lastIpAddress\n    isNewDevice\n    isSuspicious\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n"): (typeof documents)["\n  fragment SessionParts on Session {\n    id\n    status\n    kind\n    isCurrent\n    device { name type browser os }\n    ipAddress\n    userAgent\n    createdAt\n    lastIpAddress\n    isNewDevice\n    isSuspicious\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer { id email createdAt }\n    currentSession { ...SessionParts }\n  }\n"): (typeof documents)["\n  query Viewer {\n    viewer { id email createdAt }\n    currentSession { ...SessionParts }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Quota($kind: SessionKind) {\n    viewer {\n      sessionQuota(kind: $kind) { used max }\n    }\n  }\n"): (typeof documents)["\n  query Quota($kind: SessionKind) {\n    viewer {\n      sessionQuota(kind: $kind) { used max }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MySessions($status: SessionStatus, $first: Int, $after: String, $last: Int, $before: String) {\n    mySessions(status: $status, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes { ...SessionParts }\n      edges { cursor node { id } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n"): (typeof documents)["\n  query MySessions($status: SessionStatus, $first: Int, $after: String, $last: Int, $before: String) {\n    mySessions(status: $status, first: $first, after: $after, last: $last, before: $before) {\n      totalCount\n      nodes { ...SessionParts }\n      edges { cursor node { id } }\n      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyAuditEvents($first: Int, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { id type occurredAt ipAddress device { name } session { id endReason } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): (typeof documents)["\n  query MyAuditEvents($first: Int, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { id type occurredAt ipAddress device { name } session { id endReason } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query NodeById($id: ID!) {\n    node(id: $id) {\n      __typename\n      id\n    }\n  }\n"): (typeof documents)["\n  query NodeById($id: ID!) {\n    node(id: $id) {\n      __typename\n      id\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOut {\n    signOut { session { ...SessionParts } }\n  }\n"): (typeof documents)["\n  mutation SignOut {\n    signOut { session { ...SessionParts } }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on RevokeSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on RevokeSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on ConfirmPasswordSuccess { confirmedUntil token session { id } }\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on ConfirmPasswordSuccess { confirmedUntil token session { id } }\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangePassword($input: ChangePasswordInput!) {\n    changePassword(input: $input) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount token }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation ChangePassword($input: ChangePasswordInput!) {\n    changePassword(input: $input) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount token }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SessionRevoked {\n    sessionRevoked {\n      reason\n      revokedAt\n      isCurrent\n      session { ...SessionParts }\n    }\n  }\n"): (typeof documents)["\n  subscription SessionRevoked {\n    sessionRevoked {\n      reason\n      revokedAt\n      isCurrent\n      session { ...SessionParts }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SessionRevokedBriefly {\n    sessionRevoked {\n      isCurrent\n    }\n  }\n"): (typeof documents)["\n  subscription SessionRevokedBriefly {\n    sessionRevoked {\n      isCurrent\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription SessionStarted {\n    sessionStarted {\n      session { ...SessionParts }\n    }\n  }\n"): (typeof documents)["\n  subscription SessionStarted {\n    sessionStarted {\n      session { ...SessionParts }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;