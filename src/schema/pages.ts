/** Cursors, and the pages that connections are made of. */
import { isStorable } from '../db/instants.ts';
import type { Page, Position } from '../db/keyset.ts';
import { BadArgumentError } from '../errors.ts';
import { isUuid } from './global-id.ts';

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

export interface PageArgs {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

export function encodeCursor({ rank, at, id }: Position): string {
  return Buffer.from(`${rank}.${at.getTime()}.${id}`).toString('base64url');
}

/** @throws BadArgumentError for anything but a cursor that `encodeCursor` made. */
export function decodeCursor(cursor: string): Position {
  const [rank = '', ms = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split('.');
  const position = { rank: rank === '1' ? 1 : 0, at: new Date(Number(ms)), id } as const;
  if (!isStorable(position.at) || !isUuid(id) || encodeCursor(position) !== cursor) {
    throw new BadArgumentError('This is not a cursor of this API. Use one as a page returned it.');
  }
  return position;
}

/**
 * A connection, newest first, of the rows that `list` finds.
 *
 * @throws BadArgumentError for arguments that make no page.
 */
export async function resolvePage<Row>(
  args: PageArgs,
  positionOf: (row: Row) => Position,
  list: (page: Page) => Promise<Row[]>,
) {
  assertPageArgs(args);
  const after = args.after ? decodeCursor(args.after) : null;
  const before = args.before ? decodeCursor(args.before) : null;
  const fromEnd = typeof args.last === 'number';
  const size = args.first ?? args.last ?? DEFAULT_PAGE_SIZE;
  // One more than asked for tells whether there are more.
  const rows = await list({ limit: size + 1, after, before, fromEnd });
  const hasMore = rows.length > size;
  const shown = rows.slice(0, size);
  if (fromEnd) shown.reverse();
  const edges = shown.map((node) => ({ cursor: encodeCursor(positionOf(node)), node }));
  return {
    edges,
    pageInfo: {
      hasNextPage: fromEnd ? before !== null : hasMore,
      hasPreviousPage: fromEnd ? hasMore : after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function assertPageArgs({ first, last }: PageArgs): void {
  for (const [name, value] of Object.entries({ first, last })) {
    if (typeof value === 'number' && (value < 0 || value > MAX_PAGE_SIZE)) {
      throw new BadArgumentError(`“${name}” must be from 0 to ${MAX_PAGE_SIZE}.`);
    }
  }
  if (typeof first === 'number' && typeof last === 'number') {
    throw new BadArgumentError('Ask for the “first” or for the “last” ones, not for both.');
  }
}

/** What a page costs, for the limit on complexity. */
export function pageComplexity({ first, last }: PageArgs) {
  return { field: 1, multiplier: Math.min(first ?? last ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE) };
}
