/**
 * The only operations that are run, when CURFEW_OPERATIONS names a file of
 * them. Each is parsed and validated at the start. A client names one by its
 * id or its SHA-256, or sends its very text; anything else is refused before
 * it is parsed.
 *
 * Ids are those of the file, as `documentId` (GraphQL over HTTP, appendix
 * “Persisted Documents”) or as `extensions.persistedQuery.sha256Hash` (Apollo).
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraphQLError, specifiedRules } from 'graphql';
import { z } from 'zod';
import { schema } from '../schema/index.ts';
import { type DocumentPolicy, parseDocument, validateDocument } from './documents.ts';

export interface PersistedOperations {
  /** By every name that a client may call one: its id, and its SHA-256 with and without `sha256:`. */
  textsByName: ReadonlyMap<string, string>;
  texts: ReadonlySet<string>;
}

/** What of a request says which operation it is for; from the client, so of any type. */
export interface NamedOperation {
  query?: unknown;
  documentId?: unknown;
  extensions?: unknown;
}

/** The file of operations can't be used; the message says why, and what would be right. */
export class OperationsFileError extends Error {
  override name = 'OperationsFileError';
}

const APOLLO_FORMAT = 'apollo-persisted-query-manifest';

const manifest = z.object({
  format: z.literal(APOLLO_FORMAT),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string() })),
});

/** As graphql-codegen (`persisted-documents.json`) and Relay write it. */
const byId = z.record(z.string().min(1), z.string());

const EXPECTED =
  'a JSON file of operations by their ids, such as {"viewer": "{ viewer { id } }"}, or Apollo’s persisted query manifest';

/** @throws OperationsFileError */
export async function loadOperations(file: string, policy: DocumentPolicy): Promise<PersistedOperations> {
  const operations = readOperations(file, await readJson(file));
  const faults = operations.flatMap(([id, text]) => {
    const fault = findFault(text, policy);
    return fault === null ? [] : [`its operation “${id.slice(0, 100)}” can’t be run here (${fault})`];
  });
  if (faults.length > 0) {
    const more = faults.length > 1 ? `, nor can ${faults.length - 1} others` : '';
    throw complain(file, `${faults[0]}${more}`, 'Make it anew for the schema.graphql of this version');
  }
  const textsByName = new Map<string, string>();
  for (const [, text] of operations) {
    const hash = createHash('sha256').update(text).digest('hex');
    textsByName.set(hash, text).set(`sha256:${hash}`, text);
  }
  // An id of the file goes before a hash that is written alike.
  for (const [id, text] of operations) textsByName.set(id, text);
  return { textsByName, texts: new Set(operations.map(([, text]) => text)) };
}

/** Both. Where they call different operations alike, the name is the second's. */
export function joinOperations(
  first: PersistedOperations | null,
  second: PersistedOperations,
): PersistedOperations {
  if (!first) return second;
  return {
    textsByName: new Map([...first.textsByName, ...second.textsByName]),
    texts: new Set([...first.texts, ...second.texts]),
  };
}

async function readJson(file: string): Promise<unknown> {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw complain(file, `it can’t be read (${error.code})`);
  });
  try {
    return JSON.parse(content);
  } catch {
    throw complain(file, 'it is not JSON');
  }
}

/** @returns pairs of id and text. */
function readOperations(file: string, json: unknown): [string, string][] {
  const isManifest = (json as { format?: unknown } | null)?.format === APOLLO_FORMAT;
  const parsed = isManifest
    ? manifest.transform(({ operations }) => operations.map(({ id, body }): [string, string] => [id, body]))
    : byId.transform((operations) => Object.entries(operations));
  const { data, error } = parsed.safeParse(json);
  if (!data) {
    const path = error.issues[0]?.path.map(String).join('.').slice(0, 100);
    throw complain(file, `it is not of a form that is known${path ? `, at “${path}”` : ''}`);
  }
  if (data.length === 0)
    throw complain(file, 'it holds no operation, so nothing could be asked of this server');
  const seen = new Set<string>();
  const [twice] = data.find(([id]) => seen.size === seen.add(id).size) ?? [];
  if (twice !== undefined) throw complain(file, `it has the id “${twice.slice(0, 100)}” twice`);
  return data;
}

/** @returns null when it can be run, but for its size, which may depend on variables. */
function findFault(text: string, policy: DocumentPolicy): string | null {
  try {
    // Whoever reads this has the schema: suggestions are welcome.
    const errors = validateDocument(schema, parseDocument(text), specifiedRules, {
      ...policy,
      production: false,
    });
    return errors[0]?.message ?? null;
  } catch (error) {
    if (error instanceof GraphQLError) return error.message;
    throw error;
  }
}

function complain(file: string, fault: string, advice = `Set it to ${EXPECTED}`): OperationsFileError {
  return new OperationsFileError(`CURFEW_OPERATIONS: “${file}” can’t be used: ${fault}. ${advice}`);
}

/**
 * The text of the operation that a request names.
 *
 * @param operations null when CURFEW_OPERATIONS is not set.
 * @returns what came as `query` when it names none; whether that is allowed is seen when it is parsed.
 *
 * @throws GraphQLError when the name is unknown, or is not a name.
 */
export function findText(operations: PersistedOperations | null, request: NamedOperation): unknown {
  const { query, documentId } = request;
  const isText = query !== undefined && query !== null && query !== '';
  if (isText && documentId !== undefined && documentId !== null) {
    throw refuse('BAD_REQUEST', 'Send either “query” or “documentId”, not both.');
  }
  // Apollo's clients send the hash along with a text: the text stands for itself.
  if (isText) return query;
  const name = documentId ?? readApolloHash(request);
  if (name === undefined || name === null) return query;
  if (typeof name !== 'string') {
    throw refuse('BAD_REQUEST', 'The id of an operation is text, such as "viewer" or "sha256:…".');
  }
  if (!operations) {
    throw refuse(
      'PERSISTED_QUERY_NOT_SUPPORTED',
      'This server was given no operations to call by an id (CURFEW_OPERATIONS). Send the text of the operation as “query”.',
    );
  }
  const text = operations.textsByName.get(name);
  if (text === undefined) {
    throw refuse(
      'PERSISTED_QUERY_NOT_FOUND',
      'There is no operation of this id among those that this server was given (CURFEW_OPERATIONS).',
    );
  }
  return text;
}

function readApolloHash({ extensions }: NamedOperation): unknown {
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  return persistedQuery?.sha256Hash;
}

/** Called before a text is parsed, on every transport. @throws GraphQLError when it is not among the operations. */
export function assertAllowed(operations: PersistedOperations | null, text: string): void {
  if (!operations || operations.texts.has(text)) return;
  throw refuse(
    'OPERATION_NOT_ALLOWED',
    'This server runs the operations that it was given, and no others (CURFEW_OPERATIONS). Send the id or the very text of one of them.',
  );
}

/** An error of the request, as the GraphQL-over-HTTP specification has it: 400, or 200 to those who accept only `application/json`. */
function refuse(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}
