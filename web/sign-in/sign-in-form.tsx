/** Email and password; and, where there are too many sessions, which of them makes room. */
import { useState } from 'react';
import type { SessionCardFragment } from '../gql/graphql.ts';
import { useLanguage, useSpeech } from '../language/use-language.ts';
import { createAsk } from '../session/ask.ts';
import { useSessionStore } from '../session/use-session.ts';
import { Button } from '../ui/button.tsx';
import { EmailField } from '../ui/email-field.tsx';
import { Field } from '../ui/field.tsx';
import { FormRefusal } from '../ui/form-refusal.tsx';
import { type Refusal, readRefusal, useFaultWords, useSubmit } from '../ui/use-submit.ts';
import { SignIn } from './operations.ts';
import { ReplaceForm } from './replace-form.tsx';

interface Credentials {
  email: string;
  password: string;
}

/** The password was right, and there is room once one of these ends. */
interface Full {
  credentials: Credentials;
  sessions: readonly SessionCardFragment[];
}

export function SignInForm({ isAgain }: { isAgain: boolean }) {
  const { translate } = useLanguage();
  const speech = useSpeech();
  const store = useSessionStore();
  const sayFault = useFaultWords();
  const [full, setFull] = useState<Full | null>(null);

  async function signIn(credentials: Credentials, replaceSessionId: string | null): Promise<Refusal | null> {
    const ask = createAsk({ speak: () => speech.getTranslator().language });
    const { data, fault } = await ask(SignIn, { ...credentials, replaceSessionId });
    if (fault !== null) return { message: sayFault(fault) };
    const { signIn: result } = data;
    if (result.__typename === 'SignInSuccess') {
      store.enter(result.user, result.session.id);
      return null;
    }
    if (result.__typename === 'SessionLimitReachedError') {
      setFull({ credentials, sessions: result.sessions });
      return null;
    }
    return readRefusal(result);
  }

  const form = useSubmit(({ email = '', password = '' }) => signIn({ email, password }, null));

  if (full) {
    return (
      <ReplaceForm
        sessions={full.sessions}
        onChoose={(id) => signIn(full.credentials, id)}
        onBack={() => setFull(null)}
      />
    );
  }
  return (
    <form className="form" noValidate onSubmit={form.onSubmit} aria-label={translate('signIn.title')}>
      {isAgain && <h2 className="form-title">{translate('signIn.again')}</h2>}
      <FormRefusal form={form} />
      <EmailField form={form} />
      <Field
        name="password"
        type="password"
        label={translate('signIn.password')}
        autoComplete="current-password"
        required
        fault={form.faultOf('password')}
      />
      <Button type="submit" look="primary" isBusy={form.isBusy} isWaiting={form.isWaiting}>
        {translate('signIn.submit')}
      </Button>
    </form>
  );
}
