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
    "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.ConfirmPasswordDocument,
    "\n  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {\n    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.ChangePasswordDocument,
    "\n  mutation SignOut {\n    signOut { session { id endedAt } }\n  }\n": typeof types.SignOutDocument,
    "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n": typeof types.ChangeLanguageDocument,
    "\n  fragment ActivityEvent on AuditEvent {\n    id\n    type\n    occurredAt\n    actor { kind name }\n    ipAddress\n    previousIpAddress\n    device { name }\n    session { id isCurrent device { name } }\n    endReason\n    limit\n  }\n": typeof types.ActivityEventFragmentDoc,
    "\n  query MyActivity($first: Int!, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { ...ActivityEvent }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.MyActivityDocument,
    "\n  fragment SessionCard on Session {\n    id\n    kind\n    isCurrent\n    isNewDevice\n    isSuspicious\n    device { name type }\n    ipAddress\n    lastIpAddress\n    createdAt\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n": typeof types.SessionCardFragmentDoc,
    "\n  query MyDevices($first: Int!, $after: String) {\n    viewer { sessionQuota { used max } }\n    mySessions(first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.MyDevicesDocument,
    "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n": typeof types.RevokeSessionDocument,
    "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": typeof types.SignOutEverywhereDocument,
    "\n  query MyPastSessions($first: Int!, $after: String) {\n    mySessions(status: ENDED, first: $first, after: $after) {\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.MyPastSessionsDocument,
    "\n  query Start {\n    viewer { ...Account }\n    currentSession { id }\n    currentSessionEnd { reason endedAt }\n  }\n": typeof types.StartDocument,
    "\n  fragment Account on User {\n    id\n    email\n    createdAt\n    language\n  }\n": typeof types.AccountFragmentDoc,
    "\n  mutation SignIn($email: String!, $password: String!, $replaceSessionId: ID) {\n    signIn(input: { email: $email, password: $password, replaceSessionId: $replaceSessionId }) {\n      __typename\n      ... on SignInSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionCard } }\n    }\n  }\n": typeof types.SignInDocument,
    "\n  mutation SignUp($email: String!, $password: String!) {\n    signUp(input: { email: $email, password: $password }) {\n      __typename\n      ... on SignUpSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": typeof types.SignUpDocument,
};
const documents: Documents = {
    "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.ConfirmPasswordDocument,
    "\n  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {\n    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.ChangePasswordDocument,
    "\n  mutation SignOut {\n    signOut { session { id endedAt } }\n  }\n": types.SignOutDocument,
    "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n": types.ChangeLanguageDocument,
    "\n  fragment ActivityEvent on AuditEvent {\n    id\n    type\n    occurredAt\n    actor { kind name }\n    ipAddress\n    previousIpAddress\n    device { name }\n    session { id isCurrent device { name } }\n    endReason\n    limit\n  }\n": types.ActivityEventFragmentDoc,
    "\n  query MyActivity($first: Int!, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { ...ActivityEvent }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.MyActivityDocument,
    "\n  fragment SessionCard on Session {\n    id\n    kind\n    isCurrent\n    isNewDevice\n    isSuspicious\n    device { name type }\n    ipAddress\n    lastIpAddress\n    createdAt\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n": types.SessionCardFragmentDoc,
    "\n  query MyDevices($first: Int!, $after: String) {\n    viewer { sessionQuota { used max } }\n    mySessions(first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.MyDevicesDocument,
    "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n": types.RevokeSessionDocument,
    "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": types.SignOutEverywhereDocument,
    "\n  query MyPastSessions($first: Int!, $after: String) {\n    mySessions(status: ENDED, first: $first, after: $after) {\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.MyPastSessionsDocument,
    "\n  query Start {\n    viewer { ...Account }\n    currentSession { id }\n    currentSessionEnd { reason endedAt }\n  }\n": types.StartDocument,
    "\n  fragment Account on User {\n    id\n    email\n    createdAt\n    language\n  }\n": types.AccountFragmentDoc,
    "\n  mutation SignIn($email: String!, $password: String!, $replaceSessionId: ID) {\n    signIn(input: { email: $email, password: $password, replaceSessionId: $replaceSessionId }) {\n      __typename\n      ... on SignInSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionCard } }\n    }\n  }\n": types.SignInDocument,
    "\n  mutation SignUp($email: String!, $password: String!) {\n    signUp(input: { email: $email, password: $password }) {\n      __typename\n      ... on SignUpSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n": types.SignUpDocument,
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
export function graphql(source: "\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation ConfirmPassword($password: String!) {\n    confirmPassword(password: $password) {\n      __typename\n      ... on UserError { message }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {\n    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {\n    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {\n      __typename\n      ... on ChangePasswordSuccess { revokedCount }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOut {\n    signOut { session { id endedAt } }\n  }\n"): (typeof documents)["\n  mutation SignOut {\n    signOut { session { id endedAt } }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ActivityEvent on AuditEvent {\n    id\n    type\n    occurredAt\n    actor { kind name }\n    ipAddress\n    previousIpAddress\n    device { name }\n    session { id isCurrent device { name } }\n    endReason\n    limit\n  }\n"): (typeof documents)["\n  fragment ActivityEvent on AuditEvent {\n    id\n    type\n    occurredAt\n    actor { kind name }\n    ipAddress\n    previousIpAddress\n    device { name }\n    session { id isCurrent device { name } }\n    endReason\n    limit\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyActivity($first: Int!, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { ...ActivityEvent }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): (typeof documents)["\n  query MyActivity($first: Int!, $after: String) {\n    myAuditEvents(first: $first, after: $after) {\n      nodes { ...ActivityEvent }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment SessionCard on Session {\n    id\n    kind\n    isCurrent\n    isNewDevice\n    isSuspicious\n    device { name type }\n    ipAddress\n    lastIpAddress\n    createdAt\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n"): (typeof documents)["\n  fragment SessionCard on Session {\n    id\n    kind\n    isCurrent\n    isNewDevice\n    isSuspicious\n    device { name type }\n    ipAddress\n    lastIpAddress\n    createdAt\n    lastActiveAt\n    expiresAt\n    endedAt\n    endReason\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyDevices($first: Int!, $after: String) {\n    viewer { sessionQuota { used max } }\n    mySessions(first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): (typeof documents)["\n  query MyDevices($first: Int!, $after: String) {\n    viewer { sessionQuota { used max } }\n    mySessions(first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation RevokeSession($id: ID!) {\n    revokeSession(id: $id) {\n      __typename\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation SignOutEverywhere($keepCurrent: Boolean!) {\n    signOutEverywhere(keepCurrent: $keepCurrent) {\n      __typename\n      ... on SignOutEverywhereSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyPastSessions($first: Int!, $after: String) {\n    mySessions(status: ENDED, first: $first, after: $after) {\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): (typeof documents)["\n  query MyPastSessions($first: Int!, $after: String) {\n    mySessions(status: ENDED, first: $first, after: $after) {\n      nodes { ...SessionCard }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Start {\n    viewer { ...Account }\n    currentSession { id }\n    currentSessionEnd { reason endedAt }\n  }\n"): (typeof documents)["\n  query Start {\n    viewer { ...Account }\n    currentSession { id }\n    currentSessionEnd { reason endedAt }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Account on User {\n    id\n    email\n    createdAt\n    language\n  }\n"): (typeof documents)["\n  fragment Account on User {\n    id\n    email\n    createdAt\n    language\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignIn($email: String!, $password: String!, $replaceSessionId: ID) {\n    signIn(input: { email: $email, password: $password, replaceSessionId: $replaceSessionId }) {\n      __typename\n      ... on SignInSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionCard } }\n    }\n  }\n"): (typeof documents)["\n  mutation SignIn($email: String!, $password: String!, $replaceSessionId: ID) {\n    signIn(input: { email: $email, password: $password, replaceSessionId: $replaceSessionId }) {\n      __typename\n      ... on SignInSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n      ... on SessionLimitReachedError { sessions { ...SessionCard } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignUp($email: String!, $password: String!) {\n    signUp(input: { email: $email, password: $password }) {\n      __typename\n      ... on SignUpSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"): (typeof documents)["\n  mutation SignUp($email: String!, $password: String!) {\n    signUp(input: { email: $email, password: $password }) {\n      __typename\n      ... on SignUpSuccess { user { ...Account } session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n      ... on RateLimitedError { retryAfter }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;