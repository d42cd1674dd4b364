/**
 * Writes down what the page asks of the server, in the very texts that it
 * sends: a server that runs listed operations alone (CURFEW_OPERATIONS) lists
 * these as well.
 */
import { createHash } from 'node:crypto';
import type { DocumentNode } from 'graphql';
import { stringifyDocument } from 'urql';
import type { Plugin } from 'vite';
import * as watching from '../../src/client/operations.ts';
import * as generated from '../gql/graphql.ts';

export function listOperations(): Plugin {
  return {
    name: 'list-operations',
    apply: 'build',
    generateBundle() {
      const asked = Object.values<unknown>(generated).filter(isOperation).map(stringifyDocument);
      const texts = [...asked, ...Object.values(watching)];
      const byId = texts.map((text) => [createHash('sha256').update(text).digest('hex'), text]);
      const source = JSON.stringify(Object.fromEntries(byId), null, 2);
      this.emitFile({ type: 'asset', fileName: 'operations.json', source });
    },
  };
}

/** There are types and fragments beside them. */
function isOperation(value: unknown): value is DocumentNode {
  const { kind, definitions = [] } = (value ?? {}) as Partial<DocumentNode>;
  return kind === 'Document' && definitions.some((definition) => definition.kind === 'OperationDefinition');
}
