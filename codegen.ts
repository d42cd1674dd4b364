import type { CodegenConfig } from '@graphql-codegen/cli';

/** Types every operation that is written with `graphql(...)`. */
function generateFor(folder: string, documents: string[]) {
  return {
    [`${folder}/gql/`]: {
      preset: 'client' as const,
      documents: [...documents, `!${folder}/gql/**`],
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { DateTime: 'string', ID: 'string' },
      },
    },
  };
}

const config: CodegenConfig = {
  schema: 'schema.graphql',
  ignoreNoDocuments: true,
  emitLegacyCommonJSImports: false,
  generates: {
    ...generateFor('web', ['web/**/*.{ts,tsx}']),
    ...generateFor('test', ['test/**/*.ts']),
  },
};

export default config;
