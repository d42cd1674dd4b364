/** How one gets in. */
import { graphql } from '../gql/index.ts';

export const SignIn = graphql(`
  mutation SignIn($email: String!, $password: String!, $replaceSessionId: ID) {
    signIn(input: { email: $email, password: $password, replaceSessionId: $replaceSessionId }) {
      __typename
      ... on SignInSuccess { user { ...Account } session { id } }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
      ... on SessionLimitReachedError { sessions { ...SessionCard } }
    }
  }
`);

export const SignUp = graphql(`
  mutation SignUp($email: String!, $password: String!) {
    signUp(input: { email: $email, password: $password }) {
      __typename
      ... on SignUpSuccess { user { ...Account } session { id } }
      ... on UserError { message }
      ... on InvalidInputError { path }
      ... on RateLimitedError { retryAfter }
    }
  }
`);
