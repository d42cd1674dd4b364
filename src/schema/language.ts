/** The language of mails. That of an answer is chosen by each request. */
import { changeLanguage } from '../accounts/language.ts';
import { requireAsker } from '../context.ts';
import type { User } from '../db/generated/prisma/client.ts';
import { InvalidInputError, RateLimitedError } from '../errors.ts';
import { english } from '../i18n/english.ts';
import { isTag, type Languages } from '../i18n/languages.ts';
import { builder } from './builder.ts';
import { UserRef } from './user.ts';

const ChangeLanguageSuccess = builder.objectRef<{ user: User }>('ChangeLanguageSuccess').implement({
  fields: (t) => ({ user: t.expose('user', { type: UserRef }) }),
});

builder.mutationField('changeLanguage', (t) =>
  t.withAuth({ signedIn: true }).field({
    type: ChangeLanguageSuccess,
    description:
      'Chooses the language of the viewer’s mails. That of an answer is chosen by each request, with Accept-Language.',
    args: {
      language: t.arg.string({ required: true, description: 'A BCP 47 tag, such as “fr” or “fr-CA”.' }),
    },
    errors: { types: [InvalidInputError, RateLimitedError], union: { name: 'ChangeLanguageResult' } },
    resolve: async (_root, args, context) => {
      const { languages, core } = context;
      const language = languages.find(args.language);
      if (language === null) throw noSuchLanguage(languages);
      return { user: await changeLanguage(core, requireAsker(context), language) };
    },
  }),
);

function noSuchLanguage({ tags }: Languages): InvalidInputError {
  const values = { languages: tags.join(', ') };
  return new InvalidInputError(['language'], { key: 'error.noSuchLanguage', values });
}

/**
 * What a backend says of its user, whom a language that there is none of must not keep out: that one gets English.
 *
 * @throws InvalidInputError for what is no tag at all.
 */
export function readUserLanguage(languages: Languages, tag: string | null | undefined): string | null {
  if (tag === null || tag === undefined) return null;
  if (!isTag(tag)) throw new InvalidInputError(['language'], { key: 'error.notALanguage' });
  return languages.find(tag) ?? english.language;
}
