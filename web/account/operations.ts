/** The password, and the way out. */
import { graphql } from '../gql/index.ts';

export const ConfirmPassword = graphql(`
  mutation ConfirmPassword($password: String!) {
    confirmPassword(password: $password) {
      __typename
      ... on UserError { message }
      ... on RateLimitedError { retryAfter }
    }
  }
`);

export const ChangePassword = graphql(`
  mutation ChangePassword($currentPassword: String!, $newPassword: String!) {
    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) {
      __typename
      ... on ChangePasswordSuccess { revokedCount }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
    }
  }
`);

export const SignOut = graphql(`
  mutation SignOut {
    signOut { session { id endedAt } }
  }
`);

/** Of mails; the page’s own is told with each request. */
export const ChangeLanguage = graphql(`
  mutation ChangeLanguage($language: String!) {
    changeLanguage(language: $language) {
      __typename
      ... on UserError { message }
    }
  }
`);
