/** Writes schema.graphql from src/schema. */
import { writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from '../src/schema/index.ts';

const header = '# Printed from src/schema by `npm run generate`. Do not edit.\n\n';

writeFileSync('schema.graphql', `${header}${printSchema(lexicographicSortSchema(schema))}\n`);
