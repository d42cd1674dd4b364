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
    "\n  query UserBy($id: ID, $externalId: String, $email: String) {\n    user(id: $id, externalId: $externalId, email: $email) {\n      id email externalId role disabledAt\n    }\n  }\n": typeof types.UserByDocument,
    "\n  query Users($emailPrefix: String, $first: Int, $after: String) {\n    users(emailPrefix: $emailPrefix, first: $first, after: $after) {\n      nodes { id email role }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.UsersDocument,
    "\n  query UserSessions($userId: ID!, $status: SessionStatus, $first: Int, $after: String) {\n    userSessions(userId: $userId, status: $status, first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionParts }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.UserSessionsDocument,
    "\n  query AuditEvents($filter: AuditEventFilter, $first: Int, $after: String) {\n    auditEvents(filter: $filter, first: $first, after: $after) {\n      nodes { ...AuditEventParts user { id email } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.AuditEventsDocument,
    "\n  fragment AuditEventParts on AuditEvent {\n    id\n    type\n    actor { kind id name }\n    ipAddress\n    device { name }\n    session { id }\n    endReason\n    previousIpAddress\n    limit\n  }\n": typeof types.AuditEventPartsFragmentDoc,
    "\n  query MyAuditTrail {\n    myAuditEvents { nodes { ...AuditEventParts user { id email } } }\n  }\n": typeof types.MyAuditTrailDocument,
    "\n  mutation EndSession($id: ID!) {\n    endSession(id: $id) {\n      __typename\n      ... on EndSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.EndSessionDocument,
    "\n  mutation EndUserSessions($userId: ID!) {\n    endUserSessions(userId: $userId) {\n      __typename\n      ... on EndUserSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": typeof types.EndUserSessionsDocument,
    "\n  mutation EndAllSessions($keepCurrent: Boolean!) {\n    endAllSessions(keepCurrent: $keepCurrent) {\n      __typename\n      ... on EndAllSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": typeof types.EndAllSessionsDocument,
    "\n  mutation DisableUser($userId: ID!) {\n    disableUser(userId: $userId) {\n      __typename\n      ... on DisableUserSuccess { revokedCount user { id disabledAt } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": typeof types.DisableUserDocument,
    "\n  mutation EnableUser($userId: ID!) {\n    enableUser(userId: $userId) {\n      __typename\n      ... on EnableUserSuccess { user { id disabledAt } }\n      ... on UserError { message }\n    }\n  }\n": typeof types.EnableUserDocument,
    "\n  mutation StartSession($input: StartSessionInput!) {\n    startSession(input: $input) {\n      __typename\n      ... on StartSessionSuccess {\n        token\n        setCookie\n        user { id email externalId role }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": typeof types.StartSessionDocument,
    "\n  mutation ConfirmSession($id: ID!) {\n    confirmSession(id: $id) {\n      __typename\n      ... on ConfirmSessionSuccess { confirmedUntil token setCookie session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": typeof types.ConfirmSessionDocument,
    "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on ChangeLanguageSuccess { user { id language } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": typeof types.ChangeLanguageDocument,
    "\n  query Language {\n    viewer { language }\n  }\n": typeof types.LanguageDocument,
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
    "\n  query UserBy($id: ID, $externalId: String, $email: String) {\n    user(id: $id, externalId: $externalId, email: $email) {\n      id email externalId role disabledAt\n    }\n  }\n": types.UserByDocument,
    "\n  query Users($emailPrefix: String, $first: Int, $after: String) {\n    users(emailPrefix: $emailPrefix, first: $first, after: $after) {\n      nodes { id email role }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.UsersDocument,
    "\n  query UserSessions($userId: ID!, $status: SessionStatus, $first: Int, $after: String) {\n    userSessions(userId: $userId, status: $status, first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionParts }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.UserSessionsDocument,
    "\n  query AuditEvents($filter: AuditEventFilter, $first: Int, $after: String) {\n    auditEvents(filter: $filter, first: $first, after: $after) {\n      nodes { ...AuditEventParts user { id email } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.AuditEventsDocument,
    "\n  fragment AuditEventParts on AuditEvent {\n    id\n    type\n    actor { kind id name }\n    ipAddress\n    device { name }\n    session { id }\n    endReason\n    previousIpAddress\n    limit\n  }\n": types.AuditEventPartsFragmentDoc,
    "\n  query MyAuditTrail {\n    myAuditEvents { nodes { ...AuditEventParts user { id email } } }\n  }\n": types.MyAuditTrailDocument,
    "\n  mutation EndSession($id: ID!) {\n    endSession(id: $id) {\n      __typename\n      ... on EndSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n": types.EndSessionDocument,
    "\n  mutation EndUserSessions($userId: ID!) {\n    endUserSessions(userId: $userId) {\n      __typename\n      ... on EndUserSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": types.EndUserSessionsDocument,
    "\n  mutation EndAllSessions($keepCurrent: Boolean!) {\n    endAllSessions(keepCurrent: $keepCurrent) {\n      __typename\n      ... on EndAllSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n": types.EndAllSessionsDocument,
    "\n  mutation DisableUser($userId: ID!) {\n    disableUser(userId: $userId) {\n      __typename\n      ... on DisableUserSuccess { revokedCount user { id disabledAt } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": types.DisableUserDocument,
    "\n  mutation EnableUser($userId: ID!) {\n    enableUser(userId: $userId) {\n      __typename\n      ... on EnableUserSuccess { user { id disabledAt } }\n      ... on UserError { message }\n    }\n  }\n": types.EnableUserDocument,
    "\n  mutation StartSession($input: StartSessionInput!) {\n    startSession(input: $input) {\n      __typename\n      ... on StartSessionSuccess {\n        token\n        setCookie\n        user { id email externalId role }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": types.StartSessionDocument,
    "\n  mutation ConfirmSession($id: ID!) {\n    confirmSession(id: $id) {\n      __typename\n      ... on ConfirmSessionSuccess { confirmedUntil token setCookie session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": types.ConfirmSessionDocument,
    "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on ChangeLanguageSuccess { user { id language } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n": types.ChangeLanguageDocument,
    "\n  query Language {\n    viewer { language }\n  }\n": types.LanguageDocument,
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
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserBy($id: ID, $externalId: String, $email: String) {\n    user(id: $id, externalId: $externalId, email: $email) {\n      id email externalId role disabledAt\n    }\n  }\n"): (typeof documents)["\n  query UserBy($id: ID, $externalId: String, $email: String) {\n    user(id: $id, externalId: $externalId, email: $email) {\n      id email externalId role disabledAt\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Users($emailPrefix: String, $first: Int, $after: String) {\n    users(emailPrefix: $emailPrefix, first: $first, after: $after) {\n      nodes { id email role }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): (typeof documents)["\n  query Users($emailPrefix: String, $first: Int, $after: String) {\n    users(emailPrefix: $emailPrefix, first: $first, after: $after) {\n      nodes { id email role }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UserSessions($userId: ID!, $status: SessionStatus, $first: Int, $after: String) {\n    userSessions(userId: $userId, status: $status, first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionParts }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): (typeof documents)["\n  query UserSessions($userId: ID!, $status: SessionStatus, $first: Int, $after: String) {\n    userSessions(userId: $userId, status: $status, first: $first, after: $after) {\n      totalCount\n      nodes { ...SessionParts }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AuditEvents($filter: AuditEventFilter, $first: Int, $after: String) {\n    auditEvents(filter: $filter, first: $first, after: $after) {\n      nodes { ...AuditEventParts user { id email } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): (typeof documents)["\n  query AuditEvents($filter: AuditEventFilter, $first: Int, $after: String) {\n    auditEvents(filter: $filter, first: $first, after: $after) {\n      nodes { ...AuditEventParts user { id email } }\n      edges { cursor }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AuditEventParts on AuditEvent {\n    id\n    type\n    actor { kind id name }\n    ipAddress\n    device { name }\n    session { id }\n    endReason\n    previousIpAddress\n    limit\n  }\n"): (typeof documents)["\n  fragment AuditEventParts on AuditEvent {\n    id\n    type\n    actor { kind id name }\n    ipAddress\n    device { name }\n    session { id }\n    endReason\n    previousIpAddress\n    limit\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MyAuditTrail {\n    myAuditEvents { nodes { ...AuditEventParts user { id email } } }\n  }\n"): (typeof documents)["\n  query MyAuditTrail {\n    myAuditEvents { nodes { ...AuditEventParts user { id email } } }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndSession($id: ID!) {\n    endSession(id: $id) {\n      __typename\n      ... on EndSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation EndSession($id: ID!) {\n    endSession(id: $id) {\n      __typename\n      ... on EndSessionSuccess { session { ...SessionParts } }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndUserSessions($userId: ID!) {\n    endUserSessions(userId: $userId) {\n      __typename\n      ... on EndUserSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation EndUserSessions($userId: ID!) {\n    endUserSessions(userId: $userId) {\n      __typename\n      ... on EndUserSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EndAllSessions($keepCurrent: Boolean!) {\n    endAllSessions(keepCurrent: $keepCurrent) {\n      __typename\n      ... on EndAllSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation EndAllSessions($keepCurrent: Boolean!) {\n    endAllSessions(keepCurrent: $keepCurrent) {\n      __typename\n      ... on EndAllSessionsSuccess { revokedCount }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisableUser($userId: ID!) {\n    disableUser(userId: $userId) {\n      __typename\n      ... on DisableUserSuccess { revokedCount user { id disabledAt } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"): (typeof documents)["\n  mutation DisableUser($userId: ID!) {\n    disableUser(userId: $userId) {\n      __typename\n      ... on DisableUserSuccess { revokedCount user { id disabledAt } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EnableUser($userId: ID!) {\n    enableUser(userId: $userId) {\n      __typename\n      ... on EnableUserSuccess { user { id disabledAt } }\n      ... on UserError { message }\n    }\n  }\n"): (typeof documents)["\n  mutation EnableUser($userId: ID!) {\n    enableUser(userId: $userId) {\n      __typename\n      ... on EnableUserSuccess { user { id disabledAt } }\n      ... on UserError { message }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartSession($input: StartSessionInput!) {\n    startSession(input: $input) {\n      __typename\n      ... on StartSessionSuccess {\n        token\n        setCookie\n        user { id email externalId role }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"): (typeof documents)["\n  mutation StartSession($input: StartSessionInput!) {\n    startSession(input: $input) {\n      __typename\n      ... on StartSessionSuccess {\n        token\n        setCookie\n        user { id email externalId role }\n        session { ...SessionParts }\n      }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConfirmSession($id: ID!) {\n    confirmSession(id: $id) {\n      __typename\n      ... on ConfirmSessionSuccess { confirmedUntil token setCookie session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"): (typeof documents)["\n  mutation ConfirmSession($id: ID!) {\n    confirmSession(id: $id) {\n      __typename\n      ... on ConfirmSessionSuccess { confirmedUntil token setCookie session { id } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on ChangeLanguageSuccess { user { id language } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"): (typeof documents)["\n  mutation ChangeLanguage($language: String!) {\n    changeLanguage(language: $language) {\n      __typename\n      ... on ChangeLanguageSuccess { user { id language } }\n      ... on UserError { message }\n      ... on InvalidInputError { path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Language {\n    viewer { language }\n  }\n"): (typeof documents)["\n  query Language {\n    viewer { language }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;