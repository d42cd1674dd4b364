/**
 * How often an operation may say the same thing over: its aliases and its
 * directives, those of a fragment counted as often as it is spread.
 *
 * Depth, breadth and complexity are known when an operation runs. This is
 * looked at before it is validated, which takes quadratic time in the worst
 * case; it takes linear time itself, also where fragments double at each step.
 */
import { type DocumentNode, GraphQLError, Kind, type SelectionNode, type SelectionSetNode } from 'graphql';

/** Above what a page needs that shows many things at once. */
const MAX_ALIASES = 30;
const MAX_DIRECTIVES = 30;

/** Of one that asks for the schema, which has no complexity: each alias may stand for all of it once more. */
const MAX_INTROSPECTION_ALIASES = 3;

interface Repetition {
  aliases: number;
  directives: number;
  introspects: boolean;
}

type Fragments = ReadonlyMap<string, { directives?: readonly unknown[]; selectionSet: SelectionSetNode }>;

/** @returns what is wrong with the first operation that goes too far; null when none does. */
export function findRepetition(document: DocumentNode): GraphQLError | null {
  const fragments: Fragments = new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
  const counted = new Map<string, Repetition>();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { aliases, directives, introspects } = countIn(definition.selectionSet, fragments, counted);
    const maxAliases = introspects ? MAX_INTROSPECTION_ALIASES : MAX_ALIASES;
    if (aliases > maxAliases) return describe('aliases', maxAliases);
    const ofVariables = (definition.variableDefinitions ?? []).map((variable) => variable.directives);
    const own = [definition.directives, ...ofVariables].map((list) => list?.length ?? 0);
    if (own.reduce((sum, count) => sum + count, directives) > MAX_DIRECTIVES) {
      return describe('directives', MAX_DIRECTIVES);
    }
  }
  return null;
}

function describe(what: string, limit: number): GraphQLError {
  return new GraphQLError(
    `The operation is too large: it has more than ${limit} ${what}, those of a fragment counted each time that it is spread. Ask for less at once.`,
    { extensions: { code: 'OPERATION_TOO_LARGE' } },
  );
}

/** @param counted the fragments that were met before: each is looked through once. */
function countIn(
  { selections }: SelectionSetNode,
  fragments: Fragments,
  counted: Map<string, Repetition>,
): Repetition {
  const sum = { ...NOTHING };
  for (const selection of selections) {
    const inside = countInside(selection, fragments, counted);
    sum.aliases += inside.aliases;
    sum.directives += inside.directives + (selection.directives?.length ?? 0);
    sum.introspects ||= inside.introspects;
    if (selection.kind !== Kind.FIELD) continue;
    if (selection.alias) sum.aliases++;
    sum.introspects ||= /^__(?:schema|type)$/.test(selection.name.value);
  }
  return sum;
}

const NOTHING: Readonly<Repetition> = { aliases: 0, directives: 0, introspects: false };

function countInside(
  selection: SelectionNode,
  fragments: Fragments,
  counted: Map<string, Repetition>,
): Repetition {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) {
    return selection.selectionSet ? countIn(selection.selectionSet, fragments, counted) : NOTHING;
  }
  const name = selection.name.value;
  const before = counted.get(name);
  if (before) return before;
  const fragment = fragments.get(name);
  if (!fragment) return NOTHING;
  // A circle counts for nothing where it closes; validation refuses it.
  counted.set(name, NOTHING);
  const inside = countIn(fragment.selectionSet, fragments, counted);
  inside.directives += fragment.directives?.length ?? 0;
  counted.set(name, inside);
  return inside;
}
