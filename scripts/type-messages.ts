/**
 * Writes src/i18n/message-values.ts, the types of what is filled into each text,
 * and fails when the languages don't agree or a text is used nowhere. All paths
 * are from the folder that it is run in.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';

const LOCALES = 'src/locales';
const OUTPUT = 'src/i18n/message-values.ts';
/** Where texts are used. */
const SOURCES = ['src', 'web'];
const MAX_LINE_LENGTH = 110;

type Values = Map<string, string>;

const TYPES: Partial<Record<TYPE, string>> = {
  [TYPE.argument]: 'string',
  [TYPE.number]: 'number',
  [TYPE.plural]: 'number',
  [TYPE.date]: 'Date',
  [TYPE.time]: 'Date',
};

function collectValues(elements: MessageFormatElement[], values: Values = new Map()): Values {
  for (const element of elements) {
    if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
    if (element.type === TYPE.tag) throw new Error(`has a tag <${element.value}>: texts are no markup`);
    if (element.type === TYPE.select) {
      const options = Object.keys(element.options);
      values.set(element.value, options.map((option) => `'${option}'`).join(' | '));
    } else {
      values.set(element.value, TYPES[element.type] ?? 'string');
    }
    if ('options' in element) {
      for (const option of Object.values(element.options)) collectValues(option.value, values);
    }
  }
  return values;
}

function describeValues(values: Values): string {
  if (values.size === 0) return 'Record<string, never>';
  const members = [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, type]) => `${name}: ${type}`);
  return `{ ${members.join('; ')} }`;
}

const faults: string[] = [];

/** By key, what is filled in. */
function describeMessages(file: string, messages: Record<string, string>): Map<string, string> {
  const described = new Map<string, string>();
  for (const [key, text] of Object.entries(messages)) {
    try {
      described.set(key, describeValues(collectValues(parse(text, { ignoreTag: false }))));
    } catch (error) {
      faults.push(`${file}: '${key}' ${(error as Error).message}`);
    }
  }
  return described;
}

async function loadMessages(file: string): Promise<Record<string, string>> {
  return (await import(pathToFileURL(resolve(LOCALES, file)).href)).default;
}

function readSources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .filter(
      (entry) =>
        !/\b(locales|generated|gql)\b/.test(entry.parentPath) &&
        join(entry.parentPath, entry.name) !== OUTPUT,
    )
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const english = describeMessages('en.ts', await loadMessages('en.ts'));
for (const file of readdirSync(LOCALES).filter((name) => name !== 'en.ts')) {
  const described = describeMessages(file, await loadMessages(file));
  for (const [key, values] of english) {
    const other = described.get(key);
    if (other === undefined) faults.push(`${file}: '${key}' is missing`);
    else if (other !== values) faults.push(`${file}: '${key}' takes ${other}, and ${values} in en.ts`);
  }
  for (const key of described.keys()) {
    if (!english.has(key)) faults.push(`${file}: '${key}' is not in en.ts`);
  }
}

const sources = SOURCES.map(readSources).join('\n');
/** Such as `reason.` of `reason.${reason}`. */
const prefixes = [...sources.matchAll(/`([a-z][A-Za-z]*\.(?:[A-Za-z]+\.)*)\$\{/g)].map(
  ([, prefix]) => prefix ?? '',
);
for (const key of english.keys()) {
  const isUsed = sources.includes(`'${key}'`) || prefixes.some((prefix) => key.startsWith(prefix));
  if (!isUsed) faults.push(`en.ts: '${key}' is used nowhere`);
}

/** As the formatter has it. */
function writeMember(key: string, values: string): string {
  const line = `  '${key}': ${values};`;
  return line.length <= MAX_LINE_LENGTH
    ? line
    : line.replace('{ ', '{\n    ').replaceAll('; ', ';\n    ').replace(/ };$/, ';\n  };');
}

const lines = [...english].map(([key, values]) => writeMember(key, values));
writeFileSync(
  OUTPUT,
  `/** Written from src/locales/en.ts by \`npm run generate\`. Do not edit. */\n\nexport interface MessageValues {\n${lines.join('\n')}\n}\n`,
);

if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exit(1);
}
