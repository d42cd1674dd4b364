/** Whether the server says that there is no session: the errors of an answer, or of an operation on a socket. */
export function isUnauthenticated(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    errors.some((error: { extensions?: { code?: unknown } }) => error?.extensions?.code === 'UNAUTHENTICATED')
  );
}
